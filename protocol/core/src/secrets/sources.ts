import type { ErrorCatalogue } from "../report/error.ts";
import type { Secret } from "./secret.ts";
import type { AgeRef, SopsRef, StoreRef } from "./ref-types.ts";

/** Reads the kinds of references that this package cannot read; protocol/secrets implements it. */
export interface SecretSources {
  /**
   * Returns the value, and a description of its origin for the log. `what` describes the secret, such as
   * `the password of role app`. Throws a ProviderError (`secret.*`) that names the reference if it cannot be read.
   */
  read(ref: AgeRef | SopsRef | StoreRef, what: string): Promise<{ secret: Secret; from: string }>;
  /** Errors of these references. Every provider that supports them lists them. */
  readonly errors: () => Promise<{ default: ErrorCatalogue }>;
}

/** Called when a request uses the first such reference. */
export type LoadSecretSources = () => Promise<{ default: SecretSources }>;
