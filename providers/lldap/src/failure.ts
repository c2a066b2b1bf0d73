import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";

/** An error of this provider. */
export const failure = (reason: string, code: ErrorCode, hint: string, cause?: unknown): ProviderError<ErrorCode> =>
  new ProviderError<ErrorCode>(reason, { code, hint, cause });

export const userMissing = (id: string): ProviderError =>
  failure(
    `the user ${id} does not exist`,
    "lldap.user.missing",
    "Create the user first, and take its id from the outputs of that resource",
  );

export const groupsMissing = (names: readonly string[]): ProviderError =>
  failure(
    names.length === 1 ? `the group ${names[0]} does not exist` : `the groups ${names.join(", ")} do not exist`,
    "lldap.group.missing",
    "Create the group first, and take its name from the outputs of that resource",
  );

export const declaredTwice = (what: string, type: string): ProviderError =>
  failure(
    `this deployment already manages ${what} as a resource of type ${type}`,
    "lldap.declaredTwice",
    "Remove one of the two resources",
  );
