import { DriverError } from "../errors.ts";
import type { KnownOutputs } from "./evaluation.ts";
import { isWithin, memberKey, memberName, type MemberPath } from "./member.ts";
import type { ScheduleResult, Unperformed } from "../apply/schedule.ts";

/** The reason why a member was not performed: it waits for another such member, or is wrong itself. */
export type Diagnosis = { readonly name: string; readonly isMember: boolean } & (
  | { readonly kind: "waits"; readonly for: string; readonly because: string }
  | { readonly kind: "wrong"; readonly error: DriverError }
);

/** Explains, for each skipped member, why it was not performed. */
export function diagnose({ blocked, known, changed, performed }: ScheduleResult): Diagnosis[] {
  const reached = new Set(performed.map(({ path }) => memberKey(path)));
  return [
    ...blocked.map((one): Diagnosis => {
      const name = one.kind === "members" ? `members of ${memberName(one.path)}` : memberName(one.path);
      const found = stands(one, blocked, known, reached);
      const isMember = one.kind === "resource";
      return found instanceof DriverError
        ? { name, isMember, kind: "wrong", error: found }
        : { name, isMember, kind: "waits", for: memberName(found.member), because: found.because };
    }),
    ...changed.map(({ path, inputs }): Diagnosis => ({
      name: memberName(path),
      isMember: true,
      kind: "wrong",
      error: new DriverError(
        "driver.member.changed",
        `Unable to trust member ${memberName(path)}: ${inputs.map((name) => `\`${name}\``).join(", ") || "its provider"} changed after it was applied.`,
      ),
    })),
  ];
}

function stands(
  { path, reason }: Unperformed,
  blocked: readonly Unperformed[],
  known: KnownOutputs,
  reached: ReadonlySet<string>,
): DriverError | { member: MemberPath; because: string } {
  const name = memberName(path);
  if (reason.kind === "error") {
    return new DriverError("driver.member.unevaluated", `Unable to evaluate ${name}: ${reason.text}`);
  }
  if (reason.kind === "derivation") {
    return new DriverError(
      "driver.member.derivation",
      `Unable to evaluate member ${name}: its \`${reason.input}\` needs ${reason.derivations.join(", ")}, which must be built first.`,
    );
  }
  const { member } = reason;
  const circle = findCircle(path, blocked);
  if (circle !== undefined) {
    return new DriverError(
      "driver.member.cycle",
      `Unable to evaluate member ${name}: it depends on itself: ${circle.map(memberName).join(" -> ")}.`,
    );
  }
  if (reason.kind === "state") {
    const exists = reached.has(memberKey(member)) || blocked.some((other) => isWithin(member, other.path));
    if (exists) return { member, because: `needs its state ${memberName(member)}` };
    return new DriverError(
      "driver.member.unknown",
      `Unable to find the state of member ${name}: member ${memberName(member)} does not exist.`,
    );
  }
  if (known.has(memberKey(member))) {
    return new DriverError(
      "driver.member.output-missing",
      `Unable to evaluate ${name}: member ${memberName(member)} returned no output \`${reason.output}\`.`,
    );
  }
  return { member, because: `needs output \`${reason.output}\` of ${memberName(member)}` };
}

/** The path from a member through its dependencies back to itself, if any. */
function findCircle(start: MemberPath, blocked: readonly Unperformed[]): MemberPath[] | undefined {
  const byKey = new Map(blocked.map((one) => [memberKey(one.path), one]));
  const way: MemberPath[] = [start];
  const seen = new Set<string>();
  for (let current = byKey.get(memberKey(start)); current !== undefined;) {
    const { reason } = current;
    if (reason.kind !== "needs" && reason.kind !== "state") return undefined;
    const key = memberKey(reason.member);
    way.push(reason.member);
    if (key === memberKey(start)) return way;
    if (seen.has(key)) return undefined;
    seen.add(key);
    current = byKey.get(key);
  }
  return undefined;
}
