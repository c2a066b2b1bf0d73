// Names of keys and admin tokens. Garage keeps any text, so that the mark is a line of the name.
import { readMark, withMark, type Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** Control characters, and characters that move others about. */
const notPrintable = /[\p{C}\p{Zl}\p{Zp}]/u;

export const printableName = z.string().check(
  z.minLength(1),
  z.maxLength(128),
  z.refine((name) => !notPrintable.test(name), "one line of printable characters"),
  z.refine((name) => readMark(name) === undefined, "a name that does not begin with `nixops4:`, as our marks do"),
);

/** The name without the mark. */
export const wordsIn = (name: string): string => withMark(name, undefined) ?? "";

/** The name with this mark in place of its own, or without one. */
export const nameWith = (name: string, mark: Mark | undefined): string => withMark(name, mark) ?? "";
