import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";

/** A failure of this provider in words for people. */
export function failure(reason: string, code: ErrorCode, hint: string, cause?: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(reason, { code, hint, cause });
}
