import { encodeMark, readMark, type Mark } from "@nixops4-resources/protocol-core";
import type { Stored } from "../stored.ts";

/** The note for a record set: the mark on the first line, one detail per line below it. */
export const noteFor = (mark: Mark, details: readonly string[]): string =>
  [encodeMark(mark), ...details.toSorted()].join("\n");

/** The mark of a record set; undefined if it has none. */
export const markOf = ({ note }: Stored): Mark | undefined => readMark(note);

/** The details in the note of a record set. */
export const detailsOf = ({ note }: Stored): string[] =>
  readMark(note) === undefined ? [] : (note ?? "").split("\n").filter((line) => readMark(line) === undefined);

/** The value of a detail `name=value`; undefined if the note does not have it. */
export const detailOf = (stored: Stored, name: string): string | undefined =>
  detailsOf(stored)
    .find((detail) => detail.startsWith(`${name}=`))
    ?.slice(name.length + 1);
