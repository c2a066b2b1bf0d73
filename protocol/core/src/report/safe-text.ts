// A subpath of its own, so that no process loads it at its start.
import { scrub } from "../secrets/secret.ts";

/** Longest part of a server's message that an error repeats. */
const longestText = 300;

/**
 * A server's text for a message: without secrets, cut, on one line, and without characters that a terminal obeys or that
 * hide others (control, format and bidirectional ones), which appear as `\u001b`.
 */
export function safeText(text: string, longest = longestText): string {
  // Before the cut: half a secret would not be recognized.
  const scrubbed = scrub(text).toWellFormed();
  const short = scrubbed.length > longest ? `${scrubbed.slice(0, longest).toWellFormed()}…` : scrubbed;
  return short
    .replaceAll(/[\t\n\r ]+/g, " ")
    .trim()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => escaped(character.codePointAt(0) ?? 0));
}

const escaped = (code: number): string =>
  code > 0xff_ff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
