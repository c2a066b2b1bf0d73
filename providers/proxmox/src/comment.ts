// Comments of pools, users and tokens: words of people, and our mark on a line of its own.
import { readMark, withMark, type Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** Proxmox keeps 2048 characters of a user's comment, and the mark needs some of them. */
export const commentText = z.string().check(
  z.maxLength(1500),
  z.refine((text) => text === text.trim(), "a text without white space at its ends"),
  z.refine(
    (text) => readMark(text) === undefined,
    "a text without a line that begins with `nixops4:`, as our marks do",
  ),
);

/** The words in a comment, without the mark. */
export const wordsIn = (comment: string | undefined): string => withMark(comment, undefined) ?? "";

/** A comment with this mark, or without one. An empty comment removes the old one. */
export const commentWith = (words: string | null | undefined, mark: Mark | undefined): string =>
  withMark(words, mark) ?? "";
