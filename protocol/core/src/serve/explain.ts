import { ProviderError } from "../report/error.ts";
import { log } from "../report/log.ts";
import { scrub } from "../secrets/secret.ts";
import { FailedStep, inWords } from "../converge/step.ts";

/** The text of an errorResponse: `[code] Unable to <verb> <type> <name>: <reason>.` and on the next line `Hint: ...`. */
export function explain(error: unknown, doing: string): string {
  const what = error instanceof FailedStep ? `${error.verb} ${inWords(error.subject)}` : doing;
  const cause = error instanceof FailedStep ? error.cause : error;
  const { code, message, hint } = cause instanceof ProviderError ? cause : bug(cause);
  const text = `[${code}] Unable to ${what}: ${withoutStop(message)}.`;
  return scrub(hint === undefined ? text : `${text}\nHint: ${withStop(hint)}`);
}

/** Any error that is not written for people is our bug, and is reported as one; the stack trace goes to the log. */
function bug(error: unknown): { code: string; message: string; hint: string } {
  log.debug("unexpected error", { stack: error instanceof Error ? error.stack : String(error) });
  return {
    code: "protocol.bug",
    message: `this provider met an error that it does not know (${error instanceof Error ? `${error.name}: ${error.message}` : String(error)})`,
    hint: "This is a bug in nixops4-resources, please report it; with NIXOPS4_RESOURCES_LOG=debug stderr has the details",
  };
}

const withoutStop = (text: string): string => text.replace(/[.\s]+$/, "");
const withStop = (text: string): string => (/[.?!`]$/.test(text) ? text : `${text}.`);
