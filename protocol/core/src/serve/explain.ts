import { ProviderError } from "../report/error.ts";
import { log } from "../report/log.ts";
import { inOneLine, printable } from "../report/printable.ts";
import { systemError } from "../report/system-error.ts";
import { scrub } from "../secrets/secret.ts";
import { FailedStep, inWords } from "../converge/step.ts";

/** A failure for its reader: scrubbed, and without characters that a terminal obeys. */
export interface Explanation {
  readonly code: string;
  /** The reason, as a part of a sentence that ends with it. */
  readonly reason: string;
  readonly hint: string | undefined;
  /** The text of an errorResponse: `[code] Unable to <verb> <type> <name>: <reason>.` and on the next line `Hint: ...`. */
  readonly text: string;
  /** The same in one line, for a reader who knows what failed: `[code] <reason>. Hint: ...`. */
  readonly line: string;
}

export function explanationOf(error: unknown, doing: string): Explanation {
  const what = error instanceof FailedStep ? `${error.verb} ${inWords(error.subject)}` : doing;
  const cause = rootOf(error);
  const { code, message, hint } = cause instanceof ProviderError ? cause : (systemError(cause) ?? bug(cause));
  const reason = clean(withoutStop(message));
  const action = hint === undefined ? undefined : clean(withStop(hint));
  const text = `[${code}] Unable to ${clean(what)}: ${reason}.`;
  const line = inOneLine(`[${code}] ${reason}.`);
  return {
    code,
    reason,
    hint: action,
    text: action === undefined ? text : `${text}\nHint: ${action}`,
    line: action === undefined ? line : `${line} Hint: ${inOneLine(action)}`,
  };
}

/** The text of an errorResponse. */
export const explain = (error: unknown, doing: string): string => explanationOf(error, doing).text;

/** The error that came first: a cleanup that fails after it wraps it. */
function rootOf(error: unknown): unknown {
  if (error instanceof FailedStep) return rootOf(error.cause);
  return error instanceof SuppressedError ? rootOf(error.suppressed) : error;
}

const clean = (text: string): string => printable(scrub(text));

/** Any error that is not written for people is our bug, and is reported as one; the stack trace goes to the log. */
function bug(error: unknown): { code: string; message: string; hint: string } {
  log.debug("unexpected error", { stack: error instanceof Error ? error.stack : String(error) });
  return {
    code: "protocol.bug",
    message: `an unexpected error occurred (${error instanceof Error ? `${error.name}: ${error.message}` : String(error)})`,
    hint: "Report this bug of nixops4-resources with the details that NIXOPS4_RESOURCES_LOG=debug prints to stderr",
  };
}

const withoutStop = (text: string): string => text.replace(/[.\s]+$/, "");
const withStop = (text: string): string => (/[.?!`]$/.test(text) ? text : `${text}.`);
