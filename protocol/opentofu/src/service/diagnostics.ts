import { ProviderError } from "@nixops4-resources/protocol-core";
import { explain } from "@nixops4-resources/protocol-core/engine";
import type { OpenTofuErrorCode } from "../errors.ts";
import type { Diagnostic } from "./messages.ts";

/** The text of an error of this suite: what failed and why, and on the next line a hint. */
export class Failure extends Error {
  override readonly name = "Failure";
}

export const failed = (reason: string, code: OpenTofuErrorCode, hint: string): ProviderError<OpenTofuErrorCode> =>
  new ProviderError(reason, { code, hint });

/** An error for the engine's user, in the words of every other front end. */
export function diagnosticOf(error: unknown, doing: string): Diagnostic {
  const text = error instanceof Failure ? error.message : explain(error, doing);
  const [summary = "", ...rest] = text.split("\n");
  return { severity: "ERROR", summary, detail: rest.join("\n") };
}

export const warning = (summary: string, detail: string): Diagnostic => ({ severity: "WARNING", summary, detail });
