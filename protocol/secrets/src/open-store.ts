import type { DirectoryStore } from "./directory/settings.ts";
import type { PostgresStore } from "./postgres/settings.ts";
import type { SecretReader, SecretWriter } from "./store.ts";

/** Location of a store, as the connection of the provider `secrets` and references of kind `store` give it. */
export type StorePlace = { directory: DirectoryStore } | { postgres: PostgresStore };

/** Opens the store without methods that write. The code of each kind of store is loaded on first use. */
export async function openSecretReader(place: StorePlace): Promise<SecretReader> {
  if ("directory" in place) {
    const { openDirectoryReader } = await import("./directory/store.ts");
    return await openDirectoryReader(place.directory);
  }
  const { PostgresSecretReader } = await import("./postgres/store.ts");
  return new PostgresSecretReader(place.postgres);
}

/** Opens the store for reading and writing. */
export async function openSecretWriter(place: StorePlace): Promise<SecretWriter> {
  if ("directory" in place) {
    const { openDirectoryWriter } = await import("./directory/store.ts");
    return await openDirectoryWriter(place.directory);
  }
  const { PostgresSecretWriter } = await import("./postgres/store.ts");
  return new PostgresSecretWriter(place.postgres);
}
