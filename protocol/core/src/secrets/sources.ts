import type { ErrorCatalogue } from "../report/error.ts";
import type { Secret } from "./secret.ts";
import type { AgeRef, SopsRef, StoreRef } from "./ref-types.ts";

/** Reads the kinds of references that need more than this package; protocol/secrets implements it. */
export interface SecretSources {
  /**
   * Returns the value, and its origin in words for the log. `what` says whose secret it is, such as
   * `the password of role app`. Throws a ProviderError (`secret.*`) that names the reference if it cannot be read.
   */
  read(ref: AgeRef | SopsRef | StoreRef, what: string): Promise<{ secret: Secret; from: string }>;
  /** Errors of such references, for every provider that reads them. */
  readonly errors: () => Promise<{ default: ErrorCatalogue }>;
}

/** Called when a request meets the first such reference. */
export type LoadSecretSources = () => Promise<{ default: SecretSources }>;
