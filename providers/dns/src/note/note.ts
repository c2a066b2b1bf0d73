import { encodeMark, readMark, type Mark } from "@nixops4-resources/protocol-core";
import type { Stored } from "../backend.ts";

/** What stands beside a record set: our mark, and what else we need to know of it. */
export const noteFor = (mark: Mark, words: readonly string[]): string =>
  [encodeMark(mark), ...words.toSorted()].join("\n");

/** The mark beside a record set; undefined where there is none. */
export const markOf = ({ note }: Stored): Mark | undefined => readMark(note);

/** What stands beside a record set for us, but for the mark. */
export const wordsOf = ({ note }: Stored): string[] =>
  readMark(note) === undefined ? [] : (note ?? "").split("\n").filter((line) => readMark(line) === undefined);

/** The value of a word `name=value`; undefined where there is none. */
export const wordOf = (stored: Stored, name: string): string | undefined =>
  wordsOf(stored)
    .find((word) => word.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** Whether there is anything at all: records, or a mark whose records somebody removed. */
export const isThere = ({ values, note }: Stored): boolean => values.length > 0 || note !== null;
