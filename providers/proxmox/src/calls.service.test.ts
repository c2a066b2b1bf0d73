import { whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import type { Message } from "@nixops4-resources/protocol-core/testing";
import { SecretFolder } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, describe, expect, test } from "vitest";
import { describeProxmox } from "./testing/suite.ts";

const rights = [
  { path: "/", privileges: ["Permissions.Modify", "Pool.Allocate", "Sys.Modify", "User.Modify", "Realm.AllocateUser"] },
];

// Calls of the API per request, all of them over one connection.
describe.runIf(whatAnswers === "the emulator")("calls", async () => {
  const secrets = await SecretFolder.make();
  afterAll(() => secrets[Symbol.asyncDispose]());
  const prepared = { rights, users: ["alice@pve"], tokens: ["alice@pve!work"], roles: ["tenant"], secrets };

  describeProxmox("of each request", prepared, (suite) => {
    const cases: [string, Message, Message, Record<string, number>][] = [
      ["pool", { name: "shop" }, { comment: "A" }, { created: 3, unchanged: 1, updated: 4, deleted: 4 }],
      [
        "role",
        { name: "tenant", privileges: ["VM.Audit"] },
        { privileges: ["VM.Clone"] },
        { created: 3, unchanged: 1, updated: 3, deleted: 4 },
      ],
      ["user", { userId: "bob@pve" }, { firstName: "B" }, { created: 3, unchanged: 1, updated: 4, deleted: 6 }],
      [
        "token",
        { user: "alice@pve", name: "deploy", store: secrets.place, secretName: "proxmox/deploy" },
        { comment: "A" },
        { created: 4, unchanged: 1, updated: 4, deleted: 4 },
      ],
      [
        "acl",
        { path: "/pool/a", roleId: "tenant", token: "alice@pve!work" },
        { propagate: false },
        { created: 5, unchanged: 1, updated: 4, deleted: 3 },
      ],
    ];

    test.each(cases)("%s", async (type, inputs, change, expected) => {
      const { deployment, backend } = suite();
      const countOf = async (): Promise<number> =>
        (await backend.log()).split("\n").filter((line) => line.includes(backend.account.tokenId)).length;
      const counts: Record<string, number> = {};
      const requests = [
        () => deployment.create(type, inputs),
        () => deployment.create(type, inputs),
        () => deployment.create(type, { ...inputs, ...change }),
        () => deployment.destroy(type, inputs),
      ];
      for (const send of requests) {
        const before = await countOf();
        const { outcome = "none" } = await send();
        counts[outcome] = (await countOf()) - before;
      }
      expect(counts).toEqual(expected);
    });
  });
});
