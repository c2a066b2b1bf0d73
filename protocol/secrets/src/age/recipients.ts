import type { Secret } from "@nixops4-resources/protocol-core";
import { recipientsOf } from "./age.ts";

/** Adds the identity's own recipients, so that the writer of a secret can always decrypt it. */
export async function withOwn(recipients: readonly string[], identity: Secret): Promise<string[]> {
  return [...new Set([...recipients, ...(await recipientsOf(identity))])];
}
