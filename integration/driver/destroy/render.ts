import { memberName } from "../evaluation/member.ts";
import type { DestroyPlan } from "../provider/answer.ts";
import type { Previewed } from "./preview.ts";
import { firstLine } from "./unresolved.ts";

const words = {
  delete: { verb: "delete", count: "to delete" },
  retain: { verb: "retain", count: "to retain" },
  none: { verb: "gone", count: "already gone" },
  refuse: { verb: "refuse", count: "refused" },
  unable: { verb: "fail", count: "impossible" },
  lost: { verb: "unknown", count: "unknown" },
} as const satisfies Record<DestroyPlan["action"] | "unable" | "lost", { verb: string; count: string }>;

const wordsOf = (member: Previewed) => words[member.kind === "doomed" ? member.plan.action : member.kind];

/** The preview as text: a line for each member. */
export function renderPreview(members: readonly Previewed[]): string {
  const width = Math.max(...Object.values(words).map(({ verb }) => verb.length));
  return members
    .map((member) => ({ name: memberName(member.path), verb: wordsOf(member).verb, notes: notesOn(member) }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, verb, notes }) => `${verb.padEnd(width)}  ${name}${notes === "" ? "" : ` (${notes})`}\n`)
    .join("");
}

/** `2 to delete, 1 already gone`. */
export function countPreview(members: readonly Previewed[]): string {
  return Object.values(words)
    .map((word) => [members.filter((member) => wordsOf(member) === word).length, word.count] as const)
    .filter(([number]) => number > 0)
    .map(([number, count]) => `${number} ${count}`)
    .join(", ");
}

function notesOn(member: Previewed): string {
  if (member.kind === "unable") return firstLine(member.message);
  if (member.kind === "lost") return member.because;
  const { plan, recorded, needs } = member;
  return [
    ...(needs === undefined ? ["known only from its state"] : []),
    ...(plan.action === "retain" ? ["its object stays, without a mark"] : []),
    ...(plan.reason === null ? [] : [plan.reason]),
    ...(plan.action === "none" && recorded !== undefined ? ["only its entry in the state is removed"] : []),
  ].join("; ");
}
