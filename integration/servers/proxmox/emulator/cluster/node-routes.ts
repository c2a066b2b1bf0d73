import { bridges, type Datacenter, type Node } from "./datacenter.ts";
import type { Caller } from "../access/caller.ts";
import { all, anyone } from "../access/permission-rules.ts";
import type { Call, Route } from "../http/route.ts";

const gibibyte = 1024 ** 3;

/** Source: PVE/API2/Nodes.pm */
export const nodeRoutes = (datacenter: Datacenter): readonly Route[] => [
  {
    method: "GET",
    path: "/version",
    permission: anyone,
    answer: () => ({ version: "9.2.11", release: "9.2", repoid: "6d2c1f0a5b1e8d43" }),
  },
  {
    method: "GET",
    path: "/nodes",
    permission: anyone,
    answer: ({ caller }) => datacenter.nodes.map((node) => nodeRow(datacenter, node, caller)),
  },
  {
    method: "GET",
    path: "/nodes/{node}/status",
    permission: all("/nodes/{node}", "Sys.Audit"),
    answer: () => ({
      uptime: uptime(datacenter),
      cpu: 0.01,
      loadavg: ["0.10", "0.10", "0.10"],
      memory: { total: 16 * gibibyte, used: 2 * gibibyte, free: 14 * gibibyte },
      pveversion: "pve-manager/9.2.11/6d2c1f0a5b1e8d43",
    }),
  },
  { method: "GET", path: "/nodes/{node}/network", permission: anyone, answer: (call) => networks(datacenter, call) },
  {
    method: "GET",
    path: "/cluster/status",
    permission: all("/", "Sys.Audit"),
    answer: () => [
      { type: "cluster", id: "cluster", name: "tests", nodes: datacenter.nodes.length, quorate: 1, version: 2 },
      ...datacenter.nodes.map(({ name, isDown }, index) => ({
        type: "node",
        id: `node/${name}`,
        name,
        nodeid: index + 1,
        online: isDown ? 0 : 1,
        local: index === 0 ? 1 : 0,
      })),
    ],
  },
  {
    method: "GET",
    path: "/nodes/{node}/certificates/info",
    permission: anyone,
    answer: () => [{ filename: "pve-ssl.pem", fingerprint: datacenter.fingerprint }],
  },
];

/** Bridges that the caller may see. Source: PVE/API2/Network.pm */
function networks({ access }: Datacenter, { caller }: Call): unknown {
  const isVisible = (bridge: string): boolean =>
    access.permissions.hasAny(caller, `/sdn/zones/localnetwork/${bridge}`, ["SDN.Audit", "SDN.Use"]);
  return bridges
    .filter(isVisible)
    .map((iface) => ({ iface, type: "bridge", active: 1, autostart: 1, method: "manual", method6: "manual" }));
}

const uptime = ({ startedAt }: Datacenter): number => 3600 + Math.floor((Date.now() - startedAt) / 1000);

/** CPU and memory only with Sys.Audit. Reference: the check "nodes: listed, without cpu and memory" */
export function nodeRow(datacenter: Datacenter, { name, isDown }: Node, caller: Caller): Record<string, unknown> {
  const row = {
    id: `node/${name}`,
    node: name,
    type: "node",
    status: isDown ? "offline" : "online",
    level: "",
    ssl_fingerprint: datacenter.fingerprint,
  };
  if (isDown || !datacenter.access.permissions.has(caller, `/nodes/${name}`, "Sys.Audit")) return row;
  const usage = { cpu: 0.01, maxcpu: 8, mem: 2 * gibibyte, maxmem: 16 * gibibyte, disk: 4 * gibibyte };
  return { ...row, ...usage, maxdisk: 64 * gibibyte, uptime: uptime(datacenter) };
}
