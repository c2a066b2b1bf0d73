import { aliasRoutes } from "./alias-routes.ts";
import { checkDigest } from "./digest.ts";
import type { Firewalls, GuestFirewall } from "./guest-firewall.ts";
import type { FirewallMethod } from "./method.ts";
import { ruleRoutes } from "./rule-routes.ts";
import { setRoutes } from "./set-routes.ts";
import { all } from "../access/permission-rules.ts";
import type { Parameters } from "../http/parameters.ts";
import type { Route } from "../http/route.ts";
import { invalid, notEmulated } from "../refusal.ts";

const optionMethods: readonly FirewallMethod[] = [
  {
    method: "GET",
    path: "/options",
    answer: ({ optionRow, optionDigest }) => ({ ...optionRow, digest: optionDigest }),
  },
  { method: "PUT", path: "/options", answer: setOptions },
];

/** Source: PVE/API2/Firewall/VM.pm, PVE/Firewall.pm: rules_audit_permissions, rules_modify_permissions */
export function firewallRoutes(firewalls: Firewalls): readonly Route[] {
  const methods = [...optionMethods, ...ruleRoutes, ...setRoutes, ...aliasRoutes];
  const guestRoutes = methods.map(({ method, path, answer }): Route => ({
    method,
    path: `/nodes/{node}/qemu/{vmid}/firewall${path}`,
    permission: all("/vms/{vmid}", method === "GET" ? "VM.Audit" : "VM.Config.Network"),
    answer: ({ parameters }) => answer(firewalls.of(Number(parameters.required("vmid"))), parameters),
  }));
  return [...guestRoutes, ...clusterRoutes(firewalls)];
}

const known = new Set(
  "enable dhcp ipfilter macfilter ndp radv policy_in policy_out log_level_in log_level_out".split(" "),
);

function setOptions(firewall: GuestFirewall, parameters: Parameters): void {
  checkDigest([firewall.optionRow], parameters.text("digest"));
  for (const name of parameters.list("delete")) {
    if (!known.has(name)) throw invalid({ delete: `no such option '${name}'` });
    firewall.options.delete(name);
  }
  for (const [name, value] of parameters.without("node", "vmid", "digest", "delete").entries) {
    firewall.options.set(name, value);
  }
}

/** Only the option `enable`. Source: PVE/API2/Firewall/Cluster.pm */
const clusterRoutes = (firewalls: Firewalls): readonly Route[] => [
  {
    method: "GET",
    path: "/cluster/firewall/options",
    permission: all("/", "Sys.Audit"),
    answer: () => (firewalls.isClusterEnabled ? { enable: 1 } : {}),
  },
  {
    method: "PUT",
    path: "/cluster/firewall/options",
    permission: all("/", "Sys.Modify"),
    answer: ({ parameters }) => {
      if (parameters.without("enable").names.length > 0) throw notEmulated("other options of the cluster's firewall");
      firewalls.isClusterEnabled = parameters.integer("enable") !== 0;
    },
  },
];
