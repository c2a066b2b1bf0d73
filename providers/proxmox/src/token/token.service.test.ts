import { startProxmox, whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { SecretFolder } from "@nixops4-resources/protocol-secrets/testing";
import { describe } from "vitest";
import * as z from "zod/mini";
import { ProxmoxBackend } from "../testing/backend.ts";
import { main } from "../testing/main.ts";
import { tokenRights } from "../testing/rights.ts";
import token from "./token.ts";

const path = "/access/users/alice@pve/token/deploy";
const change = (parameters: Record<string, unknown>) => async (backend: ProxmoxBackend) =>
  void (await backend.call("PUT", path, parameters));

// The promises of every resource, tested on the bundled executable, with a token that has the documented rights only. The
// kills include those between the creation of a token and the moment when its secret is stored.
describe(`a token of ${whatAnswers}`, async () => {
  const server = serverOf(startProxmox);
  const secrets = await SecretFolder.make();
  testResource(token, {
    main,
    backend: () => ProxmoxBackend.open(server(), { rights: tokenRights, users: ["alice@pve", "bob@pve"], secrets }),
    reached: "network",
    want: {
      user: "alice@pve",
      name: "deploy",
      expiresAt: "2040-01-31T00:00:00Z",
      comment: "Shop",
      store: secrets.place,
      secretName: "proxmox/deploy",
    },
    changed: { privilegeSeparation: false, expiresAt: "never", comment: "Two\nlines" },
    notChanged: { store: "another store does not have the secret: particulars.service.test.ts tests it" },
    immutable: { user: "bob@pve", name: "other", secretName: "proxmox/other" },
    drift: {
      privilegeSeparation: change({ privsep: 0 }),
      expiresAt: change({ expire: 0 }),
      comment: async (backend) => {
        const { comment } = z.object({ comment: z.string() }).parse(await backend.call("GET", path));
        await change({ comment: comment.replace("Shop\n", "By hand\n") })(backend);
      },
    },
    makeUnmarked: async (backend) => {
      const { value } = z.object({ value: z.string() }).parse(await backend.call("POST", path, { comment: "By hand" }));
      await secrets.put("proxmox/deploy", `alice@pve!deploy=${value}`);
    },
    oneBrokenConnection: "the contract of pool tries them all",
    overtakenElsewhere:
      "the contract of pool is overtaken under the same lock, and overtaking.service.test.ts has another machine",
    newEachTime: ["secret"],
  });
});
