import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";

/** A `ProviderError` with one of this provider's codes. */
export function failure(reason: string, code: ErrorCode, hint: string, cause?: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(reason, { code, hint, cause });
}
