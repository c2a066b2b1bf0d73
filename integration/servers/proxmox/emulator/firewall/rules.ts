import { commentOf } from "./digest.ts";
import type { GuestFirewall, Rule } from "./guest-firewall.ts";
import { preferredMacro, requireNoConflict } from "./macros.ts";
import type { Parameters } from "../http/parameters.ts";
import { invalid, notEmulated } from "../refusal.ts";

const control = ["node", "vmid", "digest", "pos", "moveto", "delete"];

/** What the file keeps of a security group's rule. Source: PVE/Firewall.pm: format_rules */
const keysOfGroup = new Set(["type", "action", "iface", "enable", "comment"]);

/** The rule that the parameters make of another one. Source: PVE/API2/Firewall/Rules.pm, PVE/Firewall.pm: copy_rule_data */
export function changedRule(firewall: GuestFirewall, before: Rule, parameters: Parameters): Rule {
  const rule = new Map(before);
  for (const [key, value] of parameters.without(...control).entries) {
    if (value === "" || value === "-") rule.delete(key);
    else rule.set(key, value);
  }
  for (const key of parameters.list("delete")) {
    if (key === "type" || key === "action") throw invalid({ delete: `unable to delete required property '${key}'` });
    rule.delete(key);
  }
  return asKept(checkedRule(firewall, rule));
}

/** As it is read from the file again: any number but 0 enables it. */
function asKept(rule: Map<string, string>): Rule {
  const comment = commentOf(rule.get("comment"));
  if (comment === undefined) rule.delete("comment");
  else rule.set("comment", comment);
  rule.set("enable", rule.get("enable") === "0" ? "0" : "1");
  if (rule.get("type") !== "group") return rule;
  return new Map([...rule].filter(([key]) => keysOfGroup.has(key)));
}

/** Source: PVE/Firewall.pm: verify_rule. It does not ask whether a security group exists. */
function checkedRule(firewall: GuestFirewall, rule: Map<string, string>): Map<string, string> {
  const action = rule.get("action") ?? "";
  const type = rule.get("type") ?? "";
  if (type === "forward") throw invalid({ type: "invalid rule type 'forward' for rule_env 'vm'" });
  if (type !== "group" && !["ACCEPT", "DROP", "REJECT"].includes(action)) {
    throw invalid({ action: `unknown action '${action}'` });
  }
  const iface = rule.get("iface");
  if (iface !== undefined && !/^net\d+$/.test(iface)) {
    throw invalid({ iface: "value does not match the regex pattern 'net\\d+'" });
  }
  const macro = rule.get("macro");
  if (macro !== undefined) rule.set("macro", preferredMacro(macro));
  checkProtocol(rule);
  for (const key of ["source", "dest"]) checkAddress(firewall, key, rule.get(key));
  requireNoConflict(rule);
  return rule;
}

const withPorts = new Set(["tcp", "udp", "sctp", "udplite", "dccp", "6", "17", "132", "136", "33"]);
const icmp = new Set(["icmp", "icmpv6", "ipv6-icmp"]);

function checkProtocol(rule: Rule): void {
  const proto = rule.get("proto");
  for (const key of ["dport", "sport"]) {
    if (!rule.has(key)) continue;
    if (proto === undefined) throw invalid({ proto: `missing property - '${key}' requires this property` });
    if (!withPorts.has(proto)) throw invalid({ [key]: `protocol '${proto}' does not support ports` });
  }
  if (!rule.has("icmp-type")) return;
  if (!icmp.has(proto ?? "")) throw invalid({ proto: "missing property - 'icmp-type' requires this property" });
}

function checkAddress(firewall: GuestFirewall, key: string, value: string | undefined): void {
  if (value === undefined) return;
  const name = value.replace(/^\+?(guest\/)?/, "");
  if (/^\+?(dc|sdn)\//.test(value)) throw notEmulated("sets and aliases of the cluster's firewall");
  if (value.startsWith("+")) {
    if (!firewall.sets.has(name)) throw invalid({ [key]: `no such ipset '${name}'` });
  } else if (/^[A-Za-z]/.test(name) && !name.includes(":") && !firewall.aliases.has(name.toLowerCase())) {
    throw invalid({ [key]: `no such alias '${value}'` });
  }
}

/** A rule moved before the one that was at `target`. Reference: section 13, firewall */
export function moved(rules: readonly Rule[], position: number, target: number): readonly Rule[] {
  const rule = rules[position];
  if (rule === undefined) return rules;
  const others = rules.flatMap((other, index) => {
    if (index === position) return [];
    return index === target ? [rule, other] : [other];
  });
  return target >= rules.length ? [...others, rule] : others;
}
