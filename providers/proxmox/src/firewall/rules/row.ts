// A rule as Proxmox has it, and as the inputs have it.
import type { Parameters } from "../../api/reader.ts";
import { toFlag } from "../../api/values.ts";
import { isTagged, taggedWith, wordsIn } from "../tag.ts";
import { logLevels } from "../options/log-level.ts";
import type { Rule } from "./inputs.ts";

/** A rule of a VM: its properties as text, by Proxmox's names. */
export interface Row {
  readonly position: number;
  readonly properties: ReadonlyMap<string, string>;
}

/** Proxmox's names of the members that are plain text in both. */
const texts = {
  macro: "macro",
  proto: "proto",
  source: "source",
  dest: "dest",
  sport: "sport",
  dport: "dport",
  iface: "iface",
  icmpType: "icmp-type",
  log: "log",
} as const;

const textNames = [
  "macro",
  "proto",
  "source",
  "dest",
  "sport",
  "dport",
  "iface",
  "icmpType",
  "log",
] as const satisfies readonly (keyof typeof texts)[];

const types = ["in", "out", "group"] as const;

/** Whether this deployment manages the rule. */
export const isOurs = ({ properties }: Row): boolean => isTagged(properties.get("comment"));

/** The rule in the shape of the inputs. */
export function ruleIn({ properties }: Row): Rule {
  const text = (name: keyof typeof texts): string | null => properties.get(texts[name]) ?? null;
  return {
    type: types.find((one) => one === properties.get("type")) ?? "in",
    action: properties.get("action") ?? "",
    macro: text("macro"),
    proto: text("proto"),
    source: text("source"),
    dest: text("dest"),
    sport: text("sport"),
    dport: text("dport"),
    iface: text("iface"),
    icmpType: text("icmpType"),
    log: logLevels.find((one) => one === text("log")) ?? null,
    comment: wordsIn(properties.get("comment")),
    enable: properties.get("enable") !== "0",
  };
}

/** All properties of the rule with our tag; those without a value are left out. */
export function parametersOf(rule: Rule): Parameters {
  const plain = textNames.map((name) => [texts[name], rule[name] ?? undefined]);
  const { type, action, comment, enable } = rule;
  return { type, action, ...Object.fromEntries(plain), comment: taggedWith(comment), enable: toFlag(enable) };
}

/** What changes the properties of a present rule to these; what it no longer has is deleted. */
export function changesTo({ properties }: Row, rule: Rule): Parameters {
  const wanted = parametersOf(rule);
  const removed = Object.values(texts).filter((name) => wanted[name] === undefined && properties.has(name));
  return { ...wanted, ...(removed.length > 0 && { delete: removed.join(",") }) };
}

/** The same text for rules that mean the same. Proxmox finds a macro without regard to case. */
export const keyOf = (rule: Rule): string => JSON.stringify({ ...rule, macro: rule.macro?.toLowerCase() ?? null });

/** The same, without whether the rule is in effect. */
export const bodyOf = (rule: Rule): string => keyOf({ ...rule, enable: true });

/** The rule in words, for people: `IN ACCEPT -p tcp -dport 22 # by hand`. */
export function inWords({ properties }: Row): string {
  const shown = ["macro", "iface", "source", "dest", "proto", "dport", "sport", "icmp-type", "log"];
  const parts = shown.flatMap((name) => (properties.has(name) ? [`-${name} ${properties.get(name)}`] : []));
  const comment = properties.get("comment");
  const head = [properties.get("type")?.toUpperCase(), properties.get("action")];
  const off = properties.get("enable") === "0" ? ["(disabled)"] : [];
  return [...head, ...parts, ...off, ...(comment === undefined ? [] : [`# ${comment}`])].join(" ");
}
