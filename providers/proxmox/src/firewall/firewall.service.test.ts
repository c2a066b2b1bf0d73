import { startProxmox, whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { FirewallBackend } from "../testing/firewall-backend.ts";
import { main } from "../testing/main.ts";
import firewall from "./firewall.ts";

const vmid = 200_200;

const call =
  (method: "DELETE" | "POST" | "PUT", path: string, parameters: Record<string, unknown> = {}) =>
  async ({ server, path: root }: FirewallBackend) =>
    void (await server.call(method, `${root}${path}`, parameters));

// The promises of every resource, tested on the bundled executable, with a tenant's token that has the documented rights only.
describe(`a firewall of ${whatAnswers}`, () => {
  const server = serverOf(startProxmox);
  testResource(firewall, {
    main,
    backend: () => FirewallBackend.open(server(), vmid),
    reached: "network",
    want: {
      name: "web",
      vmid,
      vmManagedBy: "contract",
      rules: [
        { action: "ACCEPT", macro: "SSH", source: "+office", comment: "Administration" },
        { type: "group", action: "monitoring", iface: "net0" },
      ],
      ipsets: { office: [{ cidr: "198.51.100.0/24", comment: "Office" }] },
      antiSpoofing: { net0: ["2001:DB8::5"] },
      aliases: { backup: { cidr: "203.0.113.9" } },
    },
    changed: {
      enable: false,
      policyIn: "REJECT",
      policyOut: "DROP",
      macfilter: false,
      ipfilter: true,
      dhcp: false,
      ndp: false,
      radv: true,
      logLevelIn: "info",
      logLevelOut: "warning",
      rules: [
        { type: "out", action: "REJECT", proto: "icmp", icmpType: "echo-request", dest: "guest/backup", iface: "net0" },
        { action: "ACCEPT", proto: "tcp", dport: "80,443", log: "info", comment: "Web, ä", enable: false },
        { action: "ACCEPT", macro: "SSH", source: "198.51.100.1-198.51.100.9", comment: "Administration" },
      ],
      ipsets: { office: [{ cidr: "198.51.100.0/25" }, { cidr: "198.51.100.7", nomatch: true }] },
      antiSpoofing: { net0: ["192.0.2.6"] },
      aliases: { backup: { cidr: "203.0.113.0/28", comment: "Both" }, other: { cidr: "2001:db8::/64" } },
    },
    notChanged: { vmManagedBy: "a condition on the VM, which the firewall does not keep" },
    immutable: { name: "db", vmid: 200_201 },
    drift: {
      enable: call("PUT", "/options", { enable: 0 }),
      rules: call("PUT", "/rules/0", { moveto: 2 }),
      ipsets: call("DELETE", "/ipset/office/198.51.100.0%2F24"),
      antiSpoofing: call("POST", "/ipset/ipfilter-net0", { cidr: "192.0.2.66" }),
      aliases: call("PUT", "/aliases/backup", { cidr: "203.0.113.8", comment: "[nixops4]" }),
    },
    makeUnmarked: async (backend) => {
      await call("POST", "/rules", { type: "in", action: "DROP", enable: 1, comment: "By hand" })(backend);
      await call("POST", "/ipset", { name: "office", comment: "By hand" })(backend);
      await call("PUT", "/options", { enable: 1, policy_in: "ACCEPT" })(backend);
    },
    slow: "a request makes a call for each rule and each entry of an IP set",
    lateWriteUndoes: "Proxmox compares no digest when it adds a rule or a set; ADR 22 says what remains possible.",
    oneBrokenConnection: "the contract of pool tries them all",
    wrongAnswersElsewhere: "the contract of pool tests the same client",
  });
});
