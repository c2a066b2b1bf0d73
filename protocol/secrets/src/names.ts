import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";

/** Words joined by `/`; none begins with a dot or a hyphen. */
export const namePattern = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;
/** A file name has at most 255 bytes, and a store adds a prefix and a suffix. */
export const longestName = 200;

/** Throws `secret.name.invalid`. Needed since names from a command line or another program passed no schema. */
export function checkName(name: string): void {
  if (namePattern.test(name) && name.length <= longestName && !/\.age(\/|$)/.test(name)) return;
  throw new ProviderError<ErrorCode>(`\`${name.slice(0, longestName)}\` is not a valid name for a secret`, {
    code: "secret.name.invalid",
    hint: `Use at most ${longestName} characters: words of A-Z a-z 0-9 . _ - joined by /, none of which begins with . or - or ends in .age`,
  });
}
