import type { ProviderError } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import { failure } from "../failure.ts";

/** lldap rejected an operation, which then changed nothing. Its answer has words and no code, so nothing is decided by it. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly operation: string;

  constructor(operation: string, words: string) {
    super(words);
    this.operation = operation;
  }
}

/** The group that the operation needs. */
export type Right = "lldap_admin" | "lldap_strict_readonly";

/** The error for people, if the account has the right. The text of lldap's database says nothing to them. */
export function explain({ operation, message }: Refused, url: string): ProviderError {
  const isOfDatabase = /database error/i.test(message);
  const words = isOfDatabase ? "with an error of its database" : `with: ${safeText(message)}`;
  return failure(
    `${url} rejects ${operation} ${words}`,
    "lldap.request.refused",
    isOfDatabase ? "See lldap's log, then apply again" : "Change the inputs that the message names; see lldap's log",
  );
}

export const missingRight = (account: string, { operation }: Refused, right: Right): ProviderError =>
  failure(
    `the account ${account} is not a member of ${right}, which ${operation} needs`,
    "lldap.account.rights",
    `Add ${account} to the group ${right}, or use another account in \`connection.username\``,
  );
