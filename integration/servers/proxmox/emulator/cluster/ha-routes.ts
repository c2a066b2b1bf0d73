import type { Datacenter } from "./datacenter.ts";
import { notInCluster, type HaResource } from "./ha-resources.ts";
import { all } from "../access/permission-rules.ts";
import type { Parameters } from "../http/parameters.ts";
import type { Route } from "../http/route.ts";
import { notEmulated } from "../refusal.ts";

const path = "/cluster/ha/resources";
const [read, write] = [all("/", "Sys.Audit"), all("/", "Sys.Console")];

/** Source: PVE/API2/HA/Resources.pm */
export const haRoutes = ({ ha, guests }: Datacenter): readonly Route[] => [
  {
    method: "GET",
    path,
    permission: read,
    answer: () => [...ha.resources].map(([vmid, { state }]) => ({ sid: `vm:${vmid}`, type: "vm", state })),
  },
  {
    method: "POST",
    path,
    permission: write,
    answer: ({ parameters }) => {
      const vmid = vmidOf(parameters);
      if (!guests.has(vmid)) throw notInCluster(vmid);
      set(ha.add(vmid, parameters.text("state") ?? "started"), parameters);
    },
  },
  {
    method: "GET",
    path: `${path}/{sid}`,
    permission: read,
    answer: ({ parameters }) => {
      const { state, more } = ha.resource(vmidOf(parameters));
      return { sid: `vm:${vmidOf(parameters)}`, type: "vm", state, ...Object.fromEntries(more) };
    },
  },
  {
    method: "PUT",
    path: `${path}/{sid}`,
    permission: write,
    answer: ({ parameters }) => {
      const vmid = vmidOf(parameters);
      const resource = ha.resource(vmid);
      ha.request(vmid, parameters.text("state") ?? resource.state);
      set(resource, parameters);
    },
  },
  {
    method: "DELETE",
    path: `${path}/{sid}`,
    permission: write,
    answer: ({ parameters }) => {
      ha.resource(vmidOf(parameters));
      ha.resources.delete(vmidOf(parameters));
    },
  },
];

function vmidOf(parameters: Parameters): number {
  const [, kind, vmid = ""] = /^(?:(vm|ct):)?(\d+)$/.exec(parameters.required("sid")) ?? [];
  if (kind === "ct") throw notEmulated("containers");
  return Number(vmid);
}

function set(resource: HaResource, parameters: Parameters): void {
  for (const [name, value] of parameters.without("sid", "type", "state", "delete", "digest").entries) {
    resource.more.set(name, value);
  }
}
