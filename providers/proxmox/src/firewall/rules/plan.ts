// The next write that brings the rules of a VM closer to the declared ones.
import { bodyOf, isOurs, keyOf, ruleIn, type Row } from "./row.ts";
import type { Rule } from "./inputs.ts";

/** One write. */
export type Step =
  /** New rules, each of which becomes the first one: the last one comes first. */
  | { readonly kind: "add"; readonly rules: readonly { readonly index: number; readonly rule: Rule }[] }
  /** Moves a rule before the one that is now at `before`. */
  | { readonly kind: "move"; readonly row: Row; readonly before: number }
  | { readonly kind: "edit"; readonly row: Row; readonly index: number; readonly rule: Rule }
  | { readonly kind: "remove"; readonly row: Row };

/** What to take for ours, beside the rules with our tag. */
export interface Circumstances {
  /** Whether the firewall was adopted: then rules of others that are exactly as declared are ours, too. */
  readonly isAdopted: boolean;
  /** Whether the firewall filters now: then a rule is in effect only at its place. */
  readonly isActive: boolean;
}

/**
 * The next step, undefined if the rules are as declared. Rules of others are never moved, changed or removed. While the
 * firewall filters, a new rule is disabled until it is at its place, and rules take effect from the first to the last one.
 */
export function nextStep(rows: readonly Row[], wanted: readonly Rule[], how: Circumstances): Step | undefined {
  const { rowOf, surplus } = assign(rows, wanted, how.isAdopted);
  const missing = wanted.flatMap((rule, index) => (rowOf[index] === undefined ? [{ index, rule }] : []));
  if (missing.length > 0) {
    const rules = missing.map(({ index, rule }) => ({ index, rule: how.isActive ? { ...rule, enable: false } : rule }));
    return { kind: "add", rules: rules.toReversed() };
  }
  const ordered = rowOf.filter((row) => row !== undefined);
  const move = nextMove(ordered);
  if (move !== undefined) return move;
  for (const [index, rule] of wanted.entries()) {
    const row = ordered[index];
    if (row !== undefined && !(isOurs(row) && keyOf(ruleIn(row)) === keyOf(rule))) {
      return { kind: "edit", row, index, rule };
    }
  }
  const [row] = surplus;
  return row === undefined ? undefined : { kind: "remove", row };
}

/** Which row is or becomes which declared rule. `surplus` are ours that no declared rule needs. */
function assign(
  rows: readonly Row[],
  wanted: readonly Rule[],
  isAdopted: boolean,
): { readonly rowOf: readonly (Row | undefined)[]; readonly surplus: readonly Row[] } {
  const ours = new Set(rows.filter(isOurs));
  const others = new Set(isAdopted ? rows.filter((row) => !isOurs(row)) : []);
  const rowOf: (Row | undefined)[] = wanted.map(() => undefined);
  const take = (from: Set<Row>, fits: (row: Row, rule: Rule) => boolean): void => {
    for (const [index, rule] of wanted.entries()) {
      if (rowOf[index] !== undefined) continue;
      const row = [...from].find((one) => fits(one, rule));
      if (row === undefined) continue;
      rowOf[index] = row;
      from.delete(row);
    }
  };
  take(ours, (row, rule) => keyOf(ruleIn(row)) === keyOf(rule));
  take(ours, (row, rule) => bodyOf(ruleIn(row)) === bodyOf(rule));
  take(others, (row, rule) => keyOf(ruleIn(row)) === keyOf(rule));
  take(ours, () => true);
  return { rowOf, surplus: [...ours] };
}

/** The first move of as few as possible; undefined if the rows are in order. */
function nextMove(rows: readonly Row[]): Step | undefined {
  const staying = longestRising(rows);
  for (const [index, row] of rows.entries()) {
    if (staying.has(row)) continue;
    const previous = rows[index - 1];
    const [first] = staying;
    // Those before it are at their places already.
    return { kind: "move", row, before: previous === undefined ? (first?.position ?? 0) : previous.position + 1 };
  }
  return undefined;
}

/** The largest set of rows whose positions rise. */
function longestRising(rows: readonly Row[]): ReadonlySet<Row> {
  const best: Row[][] = [];
  for (const row of rows) {
    const before = best.filter((chain) => (chain.at(-1)?.position ?? 0) < row.position);
    const longest = before.reduce<Row[]>((one, other) => (other.length > one.length ? other : one), []);
    best.push([...longest, row]);
  }
  return new Set(best.reduce<Row[]>((one, other) => (other.length > one.length ? other : one), []));
}

/** Our rules in the shape of the inputs, in order; as declared where they mean the same. */
export function seenRules(rows: readonly Row[], wanted: readonly Rule[]): Rule[] {
  return rows.filter(isOurs).map((row, index) => {
    const [rule, declared] = [ruleIn(row), wanted[index]];
    return declared !== undefined && keyOf(rule) === keyOf(declared) ? declared : rule;
  });
}
