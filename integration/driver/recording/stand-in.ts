import { createHash } from "node:crypto";
import type { Json } from "../json.ts";
import type { MemberPath } from "../evaluation/member.ts";
import type { EnvironmentGap, OutputGap, RecordedGap } from "./recording.ts";

/** The two evaluations of a recording differ only in the values of outputs and open variables. */
export type Round = 1 | 2;

/** The value of a gap in one of the rounds. */
export interface StandIn<Gap extends RecordedGap = RecordedGap> {
  readonly gap: Gap;
  /** A text in the value, or the value itself. */
  readonly mark: string;
  readonly value: Json;
}

/** A text and an integer that occur in no other value. */
export interface Mark {
  readonly text: string;
  readonly integer: number;
}

/** Returns a value of the output's type that contains the mark. */
export type MakeSample = (mark: Mark) => Json;

export function environmentStandIn(
  gap: EnvironmentGap,
  round: Round,
): StandIn<EnvironmentGap> & { value: string | number } {
  const mark = markOf(gap, round);
  const values = { text: mark.text, path: `/${mark.text}`, integer: mark.integer };
  return { gap, mark: mark.text, value: values[gap.kind] };
}

export function outputStandIn(member: MemberPath, output: string, make: MakeSample, round: Round): StandIn<OutputGap> {
  const mark = markOf({ member, output }, round);
  const value = make(mark);
  return { gap: { member: [...member], output, kind: kindOf(value) }, mark: mark.text, value };
}

function kindOf(value: Json): OutputGap["kind"] {
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "integer" : "value";
}

/**
 * Equal in every run. The text is short and plain enough for names of databases, hosts and deployments, and the integer
 * can be a port.
 */
function markOf(of: object, round: Round): Mark {
  const digest = createHash("sha256")
    .update(`${round}${JSON.stringify(of)}`)
    .digest("hex");
  return {
    text: `nr${digest.slice(0, 14)}`,
    integer: 30_000 + 10_000 * round + (Number.parseInt(digest.slice(0, 8), 16) % 10_000),
  };
}
