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

/** Reports any error except a ProviderError as our bug. The stack trace goes to the log. */
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
