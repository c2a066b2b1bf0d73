import { describe, expect, test } from "vitest";
import type { Rule } from "./inputs.ts";
import { nextStep, type Step } from "./plan.ts";
import { keyOf, parametersOf, ruleIn, type Row } from "./row.ts";

const rule = (dport: string, more: Partial<Rule> = {}): Rule => ({
  type: "in",
  action: "ACCEPT",
  macro: null,
  proto: "tcp",
  source: null,
  dest: null,
  sport: null,
  dport,
  iface: null,
  icmpType: null,
  log: null,
  comment: null,
  enable: true,
  ...more,
});

type Properties = Record<string, string>;
const propertiesOf = (one: Rule): Properties =>
  Object.fromEntries(
    Object.entries(parametersOf(one)).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
const byHand = (one: Rule): Properties => ({ ...propertiesOf(one), comment: one.comment ?? "" });

const rowsOf = (list: readonly Properties[]): Row[] =>
  list.map((properties, position) => ({ position, properties: new Map(Object.entries(properties)) }));

/** What Proxmox does. Reference: moveto puts a rule before the one that was there; a new one is always the first. */
function carriedOut(list: readonly Properties[], step: Step): Properties[] {
  if (step.kind === "add") return step.rules.reduce((all, one) => [propertiesOf(one.rule), ...all], [...list]);
  const { position } = step.row;
  const at = list[position] ?? {};
  const others = list.filter((_, index) => index !== position);
  if (step.kind === "remove") return others;
  if (step.kind === "edit") return list.with(position, propertiesOf(step.rule));
  const before = step.before > position ? step.before - 1 : step.before;
  return others.toSpliced(before, 0, at);
}

/** All steps from one list to the declared rules, and every list on the way. */
function course(
  list: readonly Properties[],
  wanted: readonly Rule[],
  how = {},
): { kinds: string[]; lists: Properties[][] } {
  const kinds: string[] = [];
  const lists = [[...list]];
  for (let last = lists[0] ?? []; ; last = lists.at(-1) ?? []) {
    const step = nextStep(rowsOf(last), wanted, { isActive: false, isAdopted: false, ...how });
    if (step === undefined) return { kinds, lists };
    if (kinds.length > 50) throw new Error(`It does not end: ${kinds.join()}`);
    kinds.push(step.kind);
    lists.push(carriedOut(last, step));
  }
}

const [a, b, c, d] = [rule("1"), rule("2"), rule("3"), rule("4")];
const inWords = (list: readonly Properties[]): string[] => list.map(({ dport = "", comment }) => `${dport} ${comment}`);
const declared = (...rules: Rule[]): string[] => inWords(rules.map(propertiesOf));

describe("rules", () => {
  test("new ones are added in one step, in their order, and before those of others", () => {
    const { kinds, lists } = course([byHand(d)], [a, b, c]);
    expect(kinds).toEqual(["add"]);
    expect(inWords(lists.at(-1) ?? [])).toEqual([...declared(a, b, c), "4 "]);
  });

  test.each<[string, Rule[], Rule[], string[]]>([
    ["as declared", [a, b], [a, b], []],
    ["one is moved to the end", [c, a, b], [a, b, c], ["move"]],
    ["one is moved to the beginning", [b, c, a], [a, b, c], ["move"]],
    ["two are swapped around a third", [c, b, a], [a, b, c], ["move", "move"]],
    ["one is changed in place", [a, b, c], [a, d, c], ["edit"]],
    ["one is removed", [a, b, c], [a, c], ["remove"]],
    ["all are removed", [a, b], [], ["remove", "remove"]],
    ["two that are equal stay two", [a], [a, a], ["add"]],
    ["one of two that are equal goes", [a, a], [a], ["remove"]],
  ])("%s", (_, before, after, expected) => {
    const { kinds, lists } = course(before.map(propertiesOf), after);
    expect(kinds).toEqual(expected);
    expect(inWords(lists.at(-1) ?? [])).toEqual(declared(...after));
  });

  test("those of others keep their order and contents, wherever they are", () => {
    const foreign = [byHand(rule("90", { comment: "hand" })), byHand(a)];
    const [one = {}, other = {}] = foreign;
    const { lists } = course([propertiesOf(c), one, propertiesOf(b), other, propertiesOf(a)], [a, b, d]);
    const last = lists.at(-1) ?? [];
    expect(last.filter(({ comment }) => comment?.endsWith("[nixops4]") !== true)).toEqual(foreign);
    expect(inWords(last.filter(({ comment }) => comment?.endsWith("[nixops4]")))).toEqual(declared(a, b, d));
  });

  test("while the firewall filters, no rule is in effect before all declared ones are at their places", () => {
    const drop = rule("22", { action: "DROP", source: "192.0.2.66" });
    const accept = rule("22");
    const { kinds, lists } = course([propertiesOf(a)], [a, drop, accept], { isActive: true });
    expect(kinds).toEqual(["add", "move", "edit", "edit"]);
    const effective = lists.map((list) => inWords(list.filter(({ enable }) => enable === "1")));
    expect(effective).toEqual([declared(a), declared(a), declared(a), declared(a, drop), declared(a, drop, accept)]);
  });

  test("an adopted firewall's rules are ours if they are exactly as declared", () => {
    const present = [byHand(a), byHand(rule("2", { comment: "other words" }))];
    const { kinds, lists } = course(present, [a, b], { isAdopted: true });
    expect(kinds).toEqual(["add", "move", "edit"]);
    expect(inWords(lists.at(-1) ?? [])).toEqual([...declared(a, b), "2 other words"]);
    expect(course(present, [a], {}).kinds).toEqual(["add"]);
  });

  test("a rule is read as it was written, and a macro in any spelling", () => {
    const one = rule("22", { macro: "ssh", log: "info", comment: "From # the [office]", enable: false, iface: "net0" });
    const [row] = rowsOf([propertiesOf(one)]);
    expect(row && ruleIn(row)).toEqual(one);
    expect(keyOf(one)).toBe(keyOf({ ...one, macro: "SSH" }));
  });
});
