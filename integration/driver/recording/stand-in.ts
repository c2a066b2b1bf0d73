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

/** Steps from an output into its value: keys of maps and objects, and indexes of lists. */
export type PartPath = readonly (string | number)[];

/** A part of a sample, or the whole value. */
export interface Part {
  readonly path: PartPath;
  /** A text that occurs in the value, unless it is an integer or has parts. */
  readonly mark: string;
  readonly value: Json;
}

/** What the samples of maps with unknown keys and of lists must have, since the deployment reads it. */
export interface Shape {
  readonly keys: ReadonlySet<string>;
  /** Minimum number of elements in a list. */
  readonly length: number;
}

export function environmentStandIn(
  gap: EnvironmentGap,
  round: Round,
): StandIn<EnvironmentGap> & { value: string | number } {
  const mark = markOf(gap, round);
  const values = { text: mark.text, path: `/${mark.text}`, integer: mark.integer };
  return { gap, mark: mark.text, value: values[gap.kind] };
}

/** Returns a value of the output's type, as its parts with the mark of each path; the last one is the whole value. */
export type MakeSample = (markOf: (path: PartPath) => Mark, shape: Shape, round: Round) => Part[];

/** A stand-in for the output, and one for each of its parts. */
export function outputStandIns(
  member: MemberPath,
  output: string,
  make: MakeSample,
  shape: Shape,
  round: Round,
): StandIn<OutputGap>[] {
  const gapOf = (path: PartPath) => ({ member: [...member], output, ...(path.length > 0 && { path: [...path] }) });
  return make((path) => markOf(gapOf(path), round), shape, round).map(({ path, mark, value }) => ({
    gap: { ...gapOf(path), kind: kindOf(value) },
    mark,
    value,
  }));
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
