import type { StoredSecret } from "@nixops4-resources/protocol-secrets";

/** What a store says of its secrets, but what is drawn by chance or told by a clock. */
export const summaryOf = (secrets: readonly StoredSecret[]): unknown =>
  secrets.map(({ current, previous, ...secret }) => ({
    ...secret,
    versions: [current, previous].map((one) => one && { version: one.version, generation: one.generation }),
  }));
