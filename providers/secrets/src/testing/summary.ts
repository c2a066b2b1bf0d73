import type { StoredSecret } from "@nixops4-resources/protocol-secrets";

/** Metadata of the secrets in a store, without random parts and times. */
export const summaryOf = (secrets: readonly StoredSecret[]): unknown =>
  secrets.map(({ current, previous, ...secret }) => ({
    ...secret,
    versions: [current, previous].map((one) => one && { version: one.version, generation: one.generation }),
  }));
