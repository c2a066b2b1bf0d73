import { startProxmox, whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { ProxmoxBackend } from "../testing/backend.ts";
import { main } from "../testing/main.ts";
import { userRights } from "../testing/rights.ts";
import user from "./user.ts";

const change = (parameters: Record<string, unknown>) => async (backend: ProxmoxBackend) =>
  void (await backend.call("PUT", "/access/users/alice@pve", parameters));

// The promises of every resource, tested on the bundled executable, with a token that has the documented rights only.
describe(`a user of ${whatAnswers}`, () => {
  const server = serverOf(startProxmox);
  testResource(user, {
    main,
    backend: () => ProxmoxBackend.open(server(), { rights: userRights, groups: ["operators", "guests"] }),
    reached: "network",
    want: {
      userId: "alice@pve",
      email: "alice@example.org",
      firstName: "Alice",
      lastName: "Miller",
      comment: "Shop",
      groups: ["operators"],
      expiresAt: "2040-01-31T00:00:00Z",
    },
    changed: {
      email: "",
      firstName: "Älice",
      lastName: "",
      comment: "",
      groups: ["guests", "operators"],
      enabled: false,
      expiresAt: "never",
    },
    notChanged: { confirmLoss: "it only permits a destroy; particulars.service.test.ts tests it" },
    immutable: { userId: "bob@pve" },
    drift: {
      email: change({ email: "hand@example.org" }),
      firstName: change({ firstname: "By hand" }),
      lastName: change({ lastname: "By hand" }),
      comment: change({ comment: `By hand\nnixops4:{"v":1,"managedBy":"contract","type":"user"}` }),
      groups: change({ groups: "guests" }),
      enabled: change({ enable: 0 }),
      expiresAt: change({ expire: 0 }),
    },
    makeUnmarked: async (backend) =>
      void (await backend.call("POST", "/access/users", { userid: "alice@pve", comment: "By hand" })),
    oneBrokenConnection: "the contract of pool tries them all",
    overtakenElsewhere:
      "the contract of pool is overtaken under the same lock, and overtaking.service.test.ts has another machine",
  });
});
