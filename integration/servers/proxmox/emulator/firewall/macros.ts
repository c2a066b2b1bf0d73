import type { Rule } from "./guest-firewall.ts";
import { invalid, notEmulated } from "../refusal.ts";

/** The protocols and ports of some macros; others are refused. Source: PVE/Firewall.pm: pve_fw_macros */
const macros: Readonly<Record<string, readonly (readonly [proto: string, port: string])[]>> = {
  DNS: [
    ["udp", "53"],
    ["tcp", "53"],
  ],
  HTTP: [["tcp", "80"]],
  HTTPS: [["tcp", "443"]],
  Ping: [["icmp", "echo-request"]],
  PostgreSQL: [["tcp", "5432"]],
  SSH: [["tcp", "22"]],
};

/** A macro is found without regard to case, and kept in its usual spelling. */
export function preferredMacro(name: string): string {
  const found = Object.keys(macros).find((one) => one.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  if (/^nosuch/i.test(name)) throw invalid({ macro: `unknown macro '${name}'` });
  throw notEmulated(`the macro '${name}'`);
}

/** Source: PVE/Firewall.pm: apply_macro */
export function requireNoConflict(rule: Rule): void {
  const templates = macros[rule.get("macro") ?? ""] ?? [];
  for (const [proto, dport] of templates) {
    for (const [key, value] of Object.entries({ proto, dport })) {
      const given = rule.get(key);
      if (given !== undefined && given !== value) {
        throw invalid({ [key]: `parameter '${key}' already define in macro (value = '${value}')` });
      }
    }
  }
}
