import { CallProxy, type Message } from "@nixops4-resources/protocol-core/testing";
import { SecretFolder } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, describe, expect, test } from "vitest";
import { describeProxmox } from "./testing/suite.ts";
import { poolRights, tokenRights, userRights } from "./testing/rights.ts";

const theirMark = (type: string): string => `nixops4:${JSON.stringify({ v: 1, managedBy: "bank", type })}`;

// The contract overtakes from the same machine, whose lock a request holds since its look. Another machine has no such lock:
// here it acts between the look that decides and the look under the lock.
describe("another machine", async () => {
  const secrets = await SecretFolder.make();
  afterAll(() => secrets[Symbol.asyncDispose]());
  const rights = [...poolRights, ...userRights, ...tokenRights.filter(({ path }) => path !== "/access/groups")];

  describeProxmox("an object that it takes over in between", { rights, users: ["alice@pve"], secrets }, (suite) => {
    const types = [
      {
        type: "pool",
        inputs: { name: "shop" },
        change: { comment: "Changed" },
        path: "/pools",
        more: { poolid: "shop" },
      },
      {
        type: "user",
        inputs: { userId: "bob@pve" },
        change: { comment: "Changed" },
        path: "/access/users/bob@pve",
        more: {},
      },
      {
        type: "token",
        inputs: { user: "alice@pve", name: "deploy", store: secrets.place, secretName: "proxmox/deploy" },
        change: { comment: "Changed" },
        path: "/access/users/alice@pve/token/deploy",
        more: {},
      },
    ];
    const cases = types.flatMap((one) =>
      ["update", "destroy", "retain"].map((verb) => ({ ...one, verb, says: `a ${one.type} and its ${verb}` })),
    );

    test.each(cases)("$says", async ({ type, inputs, change, path, more, verb }) => {
      expect((await suite().deployment.create(type, inputs)).outcome).toBe("created");
      const { access } = suite().backend;
      const comment = `Theirs\n${theirMark(type)}`;
      await using proxy = await CallProxy.observe(access.endpoint, async (call) => {
        if (call === 2) await suite().server.call("PUT", path, { ...more, comment });
      });
      const { url }: Message = access.at(proxy.endpoint);
      const deployment = suite().connecting({ url });
      const { error } = await (verb === "update"
        ? deployment.create(type, { ...inputs, ...change })
        : deployment.destroy(type, { ...inputs, ...(verb === "retain" && { deletion: "retain" }) }));
      expect(proxy.answered.length).toBeGreaterThan(1);
      expect(error).toContain("[protocol.ownership.foreign]");
      const left = JSON.stringify(await suite().server.call("GET", path, more));
      expect(left).toContain("Theirs");
      expect(left).toContain("bank");
    });
  });
});
