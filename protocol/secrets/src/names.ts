import { ProviderError } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";

/** Words joined by `/`; none begins with a dot or a hyphen. */
const pattern = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;
/** With what a store adds to it, a file's name has at most 255 bytes. */
const longestName = 200;

/** A secret's name in a store, such as `shop/db-password`. */
export const secretName = z.string().check(z.regex(pattern), z.maxLength(longestName));

/** Throws `secret.name.invalid`: a name from a command line, or from another program, went through no schema. */
export function checkName(name: string): void {
  if (pattern.test(name) && name.length <= longestName && !/\.age(\/|$)/.test(name)) return;
  throw new ProviderError<ErrorCode>(`\`${name.slice(0, longestName)}\` is no name for a secret`, {
    code: "secret.name.invalid",
    hint: `A name has at most ${longestName} characters: words of A-Z a-z 0-9 . _ - joined by /, which do not begin with . or - nor end in .age`,
  });
}
