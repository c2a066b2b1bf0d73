import { createHash } from "node:crypto";
import { encodeMark, readMark, type Mark } from "@nixops4-resources/protocol-core";

/**
 * A line in the note of a shared record set: the owner of one value. It is a mark with more members, so that every reader of
 * marks sees that the set has an owner.
 */
export interface OwnerLine {
  readonly mark: Mark;
  /** Null if the owning resource has no `part`. */
  readonly part: string | null;
  /** The hash of the owned value. */
  readonly value: string;
  /** Whether the value is an address with a PTR record of ours. */
  readonly hasReverse: boolean;
}

/** Identifies a value in a line: a TXT value can be longer than a line should be. */
export const hashOf = (value: string): string =>
  createHash("sha256").update(value).digest().subarray(0, 16).toString("base64url");

/** The lines of a note. Lines that are no owner lines are left out; `isSharedNote` tells whether there are any. */
export const ownerLinesOf = (note: string | null): OwnerLine[] =>
  (note ?? "").split("\n").flatMap((line) => {
    const mark = readMark(line);
    const { value, part, ptr, ...more } = mark?.more ?? {};
    if (mark === undefined || typeof value !== "string") return [];
    const { managedBy, type, adopted } = mark;
    return {
      mark: { managedBy, type, ...(adopted && { adopted }), ...(Object.keys(more).length > 0 && { more }) },
      part: typeof part === "string" ? part : null,
      value,
      hasReverse: ptr === true,
    };
  });

/** Whether a note belongs to a shared record set. A set has owner lines or one mark for all of its values, never both. */
export const isSharedNote = (note: string | null): boolean => ownerLinesOf(note).length > 0;

/** The note with these lines, in the order in which backends return them. Null if there are none. */
export const noteOfLines = (lines: readonly OwnerLine[]): string | null =>
  lines.length === 0 ? null : lines.map(encodeLine).sort().join("\n");

function encodeLine({ mark, part, value, hasReverse }: OwnerLine): string {
  const more = { ...mark.more, ...(part !== null && { part }), value, ...(hasReverse && { ptr: true }) };
  return encodeMark({ ...mark, more });
}

/** The owners in words: `the deployments shop (part spf) and blog`. */
export function ownersOf(note: string | null): string {
  const owners = ownerLinesOf(note).map(({ mark, part }) => mark.managedBy + (part === null ? "" : ` (part ${part})`));
  const distinct = [...new Set(owners)].sort();
  return `${distinct.length === 1 ? "the deployment" : "the deployments"} ${distinct.join(", ")}`;
}
