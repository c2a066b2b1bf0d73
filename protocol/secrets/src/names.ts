import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";

/** Words joined by `/`; none begins with a dot or a hyphen. */
export const namePattern = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;
/** With what a store adds to it, a file's name has at most 255 bytes. */
export const longestName = 200;

/** Throws `secret.name.invalid`: a name from a command line, or from another program, went through no schema. */
export function checkName(name: string): void {
  if (namePattern.test(name) && name.length <= longestName && !/\.age(\/|$)/.test(name)) return;
  throw new ProviderError<ErrorCode>(`\`${name.slice(0, longestName)}\` is no name for a secret`, {
    code: "secret.name.invalid",
    hint: `A name has at most ${longestName} characters: words of A-Z a-z 0-9 . _ - joined by /, which do not begin with . or - nor end in .age`,
  });
}
