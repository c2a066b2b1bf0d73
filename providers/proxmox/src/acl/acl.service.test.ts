import { startProxmox, whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { ProxmoxBackend } from "../testing/backend.ts";
import { main } from "../testing/main.ts";
import { aclRights } from "../testing/rights.ts";
import acl from "./acl.ts";

// The promises of every resource, tested on the bundled executable, with a token that has the documented rights only.
describe(`an acl of ${whatAnswers}`, () => {
  const server = serverOf(startProxmox);
  testResource(acl, {
    main,
    backend: () =>
      ProxmoxBackend.open(server(), {
        rights: aclRights("/pool/shop"),
        users: ["alice@pve"],
        tokens: ["alice@pve!deploy"],
        groups: ["operators"],
        roles: ["tenant"],
      }),
    reached: "network",
    want: { path: "/pool/shop", roleId: "tenant", token: "alice@pve!deploy" },
    changed: { propagate: false },
    immutable: {
      path: "/pool/bank",
      roleId: "PVEAuditor",
      token: "alice@pve!other",
      user: "alice@pve",
      group: "operators",
    },
    drift: {
      propagate: async (backend) =>
        void (await backend.call("PUT", "/access/acl", {
          path: "/pool/shop",
          roles: "tenant",
          users: "alice@pve",
          delete: 1,
        })),
    },
    oneBrokenConnection: "the contract of pool tries them all",
  });
});
