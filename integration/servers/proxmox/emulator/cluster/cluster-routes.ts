import type { Datacenter } from "./datacenter.ts";
import { nodeRow } from "./node-routes.ts";
import type { ResourceRows } from "./resource-rows.ts";
import type { Caller } from "../access/caller.ts";
import { all, anyone } from "../access/permission-rules.ts";
import type { Parameters } from "../http/parameters.ts";
import type { Call, Route } from "../http/route.ts";
import { failure, invalid } from "../refusal.ts";

/** Source: PVE/API2/Cluster.pm */
export const clusterRoutes = (datacenter: Datacenter, rows: ResourceRows): readonly Route[] => [
  {
    method: "GET",
    path: "/cluster/nextid",
    permission: anyone,
    answer: ({ parameters }) => nextId(datacenter, parameters),
  },
  {
    method: "GET",
    path: "/cluster/resources",
    permission: anyone,
    answer: ({ caller, parameters }) => resources(datacenter, rows, caller, parameters.text("type")),
  },
  { method: "GET", path: "/cluster/options", permission: anyone, answer: (call) => readOptions(datacenter, call) },
  {
    method: "PUT",
    path: "/cluster/options",
    permission: all("/", "Sys.Modify"),
    answer: ({ parameters }) => {
      for (const name of parameters.list("delete")) datacenter.options.values.delete(name);
      for (const [name, value] of parameters.without("delete").entries) datacenter.options.values.set(name, value);
    },
  },
];

/** A text. Tells everyone whether an id is taken. Reference: sections 3 and 13 */
function nextId({ guests, options }: Datacenter, parameters: Parameters): string {
  const wanted = parameters.integer("vmid");
  if (wanted !== undefined) {
    if (guests.has(wanted)) throw invalid({ vmid: `VM ${wanted} already exists` });
    return String(wanted);
  }
  const { lower, upper } = options.idRange;
  for (let vmid = lower; vmid < upper; vmid++) if (!guests.has(vmid)) return String(vmid);
  throw failure(`unable to get any free VMID in range [${lower}, ${upper}]`);
}

function resources(datacenter: Datacenter, rows: ResourceRows, caller: Caller, type: string | undefined): unknown[] {
  const { permissions } = datacenter.access;
  const guests = [...datacenter.guests.values()].filter(({ vmid }) =>
    permissions.has(caller, `/vms/${vmid}`, "VM.Audit"),
  );
  const ofType = {
    vm: () => guests.map((guest) => rows.row(guest)),
    node: () => datacenter.nodes.map((node) => nodeRow(datacenter, node, caller)),
    storage: () => datacenter.storages.rowsFor(datacenter.nodes, caller),
    sdn: () =>
      permissions.hasAny(caller, "/sdn/zones/localnetwork", ["SDN.Audit", "SDN.Use"])
        ? datacenter.nodes.map(({ name: node }) => ({
            id: `sdn/${node}/localnetwork`,
            node,
            sdn: "localnetwork",
            status: "ok",
            type: "sdn",
          }))
        : [],
  };
  if (type === "vm" || type === "node" || type === "storage" || type === "sdn") return [...ofType[type]()];
  return Object.values(ofType).flatMap((list): unknown[] => [...list()]);
}

/** Options that are lists or property strings are answered as such. */
const parsedOptions = new Set(["next-id", "user-tag-access", "tag-style", "migration", "ha", "crs"]);

/** Without Sys.Audit only the allowed tags. Reference: section 13, a pool token */
function readOptions({ access, options, guests }: Datacenter, { caller }: Call): unknown {
  const existing = [...guests.values()].flatMap(({ config }) => (config.current.get("tags") ?? "").split(";"));
  const { allowed, registered } = options.tagRule(existing.filter((tag) => tag !== ""));
  const isPrivileged = access.permissions.has(caller, "/", "Sys.Modify");
  const listed = [...new Set([...(allowed === "any" ? existing : allowed), ...(isPrivileged ? registered : [])])];
  const allowedTags = { "allowed-tags": listed.filter((tag) => tag !== "").sort() };
  if (!access.permissions.has(caller, "/", "Sys.Audit")) return allowedTags;
  const values = [...options.values].map(([name, value]): [string, unknown] => [name, optionValue(name, value)]);
  return { ...Object.fromEntries(values), ...allowedTags };
}

function optionValue(name: string, value: string): unknown {
  if (name === "registered-tags") return value.split(";");
  if (!parsedOptions.has(name)) return value;
  const pairs = value.split(",").map((part): [string, unknown] => {
    const [key = "", text = ""] = part.split("=", 2);
    return [key, key === "user-allow-list" ? text.split(";") : text];
  });
  return Object.fromEntries(pairs);
}
