import type { Secret } from "@nixops4-resources/protocol-core";
import { recipientsOf } from "./age.ts";

/** The recipients and the identity's own: whoever writes a secret can open it afterwards. */
export async function withOwn(recipients: readonly string[], identity: Secret): Promise<string[]> {
  return [...new Set([...recipients, ...(await recipientsOf(identity))])];
}
