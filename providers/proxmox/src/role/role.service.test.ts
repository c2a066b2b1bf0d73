import { startProxmox, whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { ProxmoxBackend } from "../testing/backend.ts";
import { main } from "../testing/main.ts";
import { roleRights } from "../testing/rights.ts";
import role from "./role.ts";

// The promises of every resource, tested on the bundled executable, with a token that has the documented rights only.
describe(`a role of ${whatAnswers}`, () => {
  const server = serverOf(startProxmox);
  testResource(role, {
    main,
    throughWorker: "killed",
    backend: () => ProxmoxBackend.open(server(), { rights: roleRights }),
    reached: "network",
    want: { name: "tenant", privileges: ["VM.PowerMgmt", "VM.Audit", "Pool.Audit"] },
    changed: { privileges: ["VM.Audit", "VM.Config.Disk"] },
    immutable: { name: "other" },
    drift: {
      privileges: async (backend) =>
        void (await backend.call("PUT", "/access/roles/nixops4.contract.tenant", { privs: "VM.Allocate", append: 1 })),
    },
    oneBrokenConnection: "the contract of pool tries them all",
  });
});
