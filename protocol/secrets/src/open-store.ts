import type { DirectoryStore } from "./directory/settings.ts";
import type { PostgresStore } from "./postgres/settings.ts";
import type { SecretReader, SecretWriter } from "./store.ts";

/** Where secrets are kept, as the connection of the provider `secrets` and references of kind `store` say it. */
export type StorePlace = { directory: DirectoryStore } | { postgres: PostgresStore };

/** Opens the store; each kind is loaded when it is met. What only looks gets no method that writes. */
export async function openSecretStore(place: StorePlace, access: "write"): Promise<SecretWriter>;
export async function openSecretStore(place: StorePlace, access: "read"): Promise<SecretReader>;
export async function openSecretStore(place: StorePlace, access: "read" | "write"): Promise<SecretReader> {
  if ("directory" in place) {
    const { openDirectory } = await import("./directory/store.ts");
    return await openDirectory(place.directory, access);
  }
  const { PostgresSecretReader, PostgresSecretWriter } = await import("./postgres/store.ts");
  return access === "write" ? new PostgresSecretWriter(place.postgres) : new PostgresSecretReader(place.postgres);
}
