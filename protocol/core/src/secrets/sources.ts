import type { ErrorCatalogue } from "../report/error.ts";
import type { Secret } from "./secret.ts";
import type { AgeRef, SopsRef, StoreRef } from "./ref.ts";

/** Reads the kinds of references that need more than this package: protocol/secrets has it. */
export interface SecretSources {
  /**
   * The value, and words for a log about where it was found. `what` says whose it is, such as `the password of role app`.
   * Throws a ProviderError (`secret.*`) that names the reference where it cannot be read.
   */
  read(ref: AgeRef | SopsRef | StoreRef, what: string): Promise<{ secret: Secret; from: string }>;
  /** What can go wrong with such references, for every provider that reads them. */
  readonly errors: () => Promise<{ default: ErrorCatalogue }>;
}

/** Loads them when the first such reference is met. */
export type LoadSecretSources = () => Promise<{ default: SecretSources }>;

let load: LoadSecretSources | undefined;

/** Called once by `serve`, with what the provider's main.ts names. */
export function useSecretSources(loader: LoadSecretSources | undefined): void {
  load = loader;
}

/** Undefined where the provider reads no such references. */
export const secretSources = async (): Promise<SecretSources | undefined> => (await load?.())?.default;
