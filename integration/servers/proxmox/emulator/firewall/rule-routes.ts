import { checkDigest, withDigest, type Row } from "./digest.ts";
import type { GuestFirewall } from "./guest-firewall.ts";
import type { FirewallMethod } from "./method.ts";
import { changedRule, moved } from "./rules.ts";
import type { Parameters } from "../http/parameters.ts";

const position = (parameters: Parameters): number => Number(parameters.required("pos"));

/** Source: PVE/API2/Firewall/Rules.pm */
export const ruleRoutes: readonly FirewallMethod[] = [
  { method: "GET", path: "/rules", answer: rowsOf },
  {
    method: "GET",
    path: "/rules/{pos}",
    answer: (firewall, parameters) => {
      firewall.ruleAt(position(parameters));
      return rowsOf(firewall)[position(parameters)];
    },
  },
  // The source does not compare the digest of a new rule, which becomes the first one, whatever `pos` says.
  {
    method: "POST",
    path: "/rules",
    answer: (firewall, parameters) => {
      const rule = changedRule(firewall, new Map([["enable", "0"]]), parameters);
      firewall.rules = [rule, ...firewall.rules];
    },
  },
  { method: "PUT", path: "/rules/{pos}", answer: updateRule },
  {
    method: "DELETE",
    path: "/rules/{pos}",
    answer: (firewall, parameters) => {
      checkDigest(firewall.ruleRows, parameters.text("digest"));
      const rule = firewall.ruleAt(position(parameters));
      firewall.rules = firewall.rules.filter((other) => other !== rule);
    },
  },
];

function rowsOf(firewall: GuestFirewall): Row[] {
  return withDigest(firewall.ruleRows).map((row, pos) => ({ ...row, pos }));
}

function updateRule(firewall: GuestFirewall, parameters: Parameters): void {
  checkDigest(firewall.ruleRows, parameters.text("digest"));
  const index = position(parameters);
  const rule = firewall.ruleAt(index);
  const target = parameters.integer("moveto");
  firewall.rules =
    target === undefined || target === index
      ? firewall.rules.with(index, changedRule(firewall, rule, parameters))
      : moved(firewall.rules, index, target);
}
