/** References to a place that the provider reads directly. */
export type DirectSecretRef = { file: string } | { env: string } | { credential: string } | { command: string[] };

/** An age file, also one of agenix, and the key that opens it: an age identity or an SSH private key. */
export type AgeRef = { age: { file: string; identity: DirectSecretRef } };

/** A value in a file that sops encrypts, addressed by a path of keys. */
export type SopsRef = { sops: { file: string; key: string[] } };

/**
 * A secret in a store of the provider `secrets`: by its name, and the version with its random id, or (null) the current
 * version.
 */
export type StoreRef = {
  store: { name: string; version?: number | null; id?: string | null } & (
    | { directory: Record<string, unknown> }
    | { postgres: Record<string, unknown> }
  );
};

export type SecretRef = DirectSecretRef | AgeRef | SopsRef | StoreRef;
