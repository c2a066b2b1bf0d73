/** A reference to a secret that the provider reads without a key or a store. */
export type DirectSecretRef = { file: string } | { env: string } | { credential: string } | { command: string[] };

/** A file encrypted with age, including files of agenix, and the age identity or SSH private key that decrypts it. */
export type AgeRef = { age: { file: string; identity: DirectSecretRef } };

/**
 * A value in a file encrypted with sops, and the way to it: names, and positions in lists from 0. Without a key, the whole
 * file.
 */
export type SopsRef = { sops: { file: string; key?: (string | number)[] | null } };

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
