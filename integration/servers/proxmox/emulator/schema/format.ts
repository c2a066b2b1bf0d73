import { failure } from "../refusal.ts";

/** Throws the text of the error, or returns. */
export type Format = (value: string) => void;

/** A format that is a regular expression. */
export const matching =
  (pattern: RegExp, text: (value: string) => string): Format =>
  (value) => {
    if (!pattern.test(value)) throw failure(text(value));
  };
