// The options of a VM's firewall: one set per VM.
import { option, type Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { Parameters } from "../../api/reader.ts";
import { toFlag } from "../../api/values.ts";
import { logLevel, logLevels } from "./log-level.ts";

const policies = ["ACCEPT", "DROP", "REJECT"] as const;
const policy = z.enum(policies);

export const options = {
  enable: option(
    z.boolean(),
    "Whether the firewall of the VM filters. It is switched on after all rules are in place.",
    true,
  ),
  policyIn: option(policy, "What happens to packets to the VM that no rule accepts.", "DROP"),
  policyOut: option(policy, "What happens to packets from the VM that no rule rejects.", "ACCEPT"),
  macfilter: option(z.boolean(), "Whether packets from other MAC addresses than the card's are dropped.", true),
  ipfilter: option(
    z.boolean(),
    "Whether every card is limited to the addresses of `antiSpoofing`. A card without an entry there may then use its link-local address only.",
    false,
  ),
  dhcp: option(z.boolean(), "Whether the VM may use DHCP, whatever the policies and rules say.", true),
  ndp: option(z.boolean(), "Whether the neighbour discovery of IPv6 is accepted, whatever the policies say.", true),
  radv: option(z.boolean(), "Whether the VM may send router advertisements.", false),
  logLevelIn: option(logLevel, "Level at which dropped packets to the VM are logged.", "nolog"),
  logLevelOut: option(logLevel, "Level at which dropped packets from the VM are logged.", "nolog"),
};

type Options = Values<typeof options>;

/** Our inputs by Proxmox's parameters. */
export const optionNames = {
  enable: "enable",
  policy_in: "policyIn",
  policy_out: "policyOut",
  macfilter: "macfilter",
  ipfilter: "ipfilter",
  dhcp: "dhcp",
  ndp: "ndp",
  radv: "radv",
  log_level_in: "logLevelIn",
  log_level_out: "logLevelOut",
} as const;

/** All of them in one write, so that none depends on a default of Proxmox. */
export const optionParameters = (want: Options): Parameters =>
  Object.fromEntries(
    Object.entries(optionNames).map(([parameter, name]) => {
      const value = want[name];
      return [parameter, typeof value === "boolean" ? toFlag(value) : value];
    }),
  );

/** The options of a VM by Proxmox's names. */
export type Present = ReadonlyMap<string, string>;

/**
 * In the shape of the inputs. A missing option means what pve-firewall does without it, which for DHCP is not the default of
 * the API's schema. Source: PVE/Firewall.pm: ruleset_create_vm_chain, ruleset_chain_add_ndp.
 */
export function seenOptions(present: Present): Options {
  const flag = (name: string, fallback = "0"): boolean => (present.get(name) ?? fallback) === "1";
  const policyOf = (name: string, fallback: (typeof policies)[number]) =>
    policies.find((one) => one === present.get(name)) ?? fallback;
  const level = (name: string) => logLevels.find((one) => one === present.get(name)) ?? "nolog";
  return {
    enable: flag("enable"),
    policyIn: policyOf("policy_in", "DROP"),
    policyOut: policyOf("policy_out", "ACCEPT"),
    macfilter: flag("macfilter", "1"),
    ipfilter: flag("ipfilter"),
    dhcp: flag("dhcp", "1"),
    ndp: flag("ndp", "1"),
    radv: flag("radv"),
    logLevelIn: level("log_level_in"),
    logLevelOut: level("log_level_out"),
  };
}
