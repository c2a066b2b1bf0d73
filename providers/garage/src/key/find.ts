import { resolveSecret } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";
import type { GarageReader } from "../admin/reader.ts";
import type { ApiKey } from "../admin/shapes.ts";
import { ambiguous, choose, ownNamesakes } from "../named/choose.ts";
import type { Inputs, Wanted } from "./inputs.ts";

type Imported = NonNullable<Inputs["imported"]>;

export const resolveId = async ({ accessKeyId }: Imported, name: string): Promise<string> =>
  (await resolveSecret(accessKeyId, `the id of key ${name}`)).revealText();

export const resolveSecretKey = async ({ secretAccessKey }: Imported, name: string): Promise<string> =>
  (await resolveSecret(secretAccessKey, `the secret of key ${name}`)).revealText();

/**
 * The key that the inputs mean: an imported one by its id, with its secret; a generated one by its name. A destroy request
 * names no id, so that its key is found by name and mark.
 */
export async function findKey(garage: GarageReader, want: Wanted): Promise<ApiKey | undefined> {
  if (want.imported !== null) return await garage.key(await resolveId(want.imported, want.name), { withSecret: true });
  const keys = await garage.keys();
  const own = ownNamesakes(keys, want);
  // Only of generated keys a race can have left several, which are all the same to us.
  if (want.store === null && own.length > 1) throw ambiguous(own, want);
  const chosen = choose(keys, want);
  return chosen === undefined ? undefined : await garage.key(chosen.id);
}

/** A deployment has one key of each name: else a destroy, which names no id, could not tell them apart. */
export async function requireFreeName(garage: GarageReader, want: Wanted, imported: Imported): Promise<void> {
  const id = await resolveId(imported, want.name);
  // It may have been imported since the look for its id.
  const [own] = ownNamesakes(await garage.keys(), want).filter((one) => one.id !== id);
  if (own === undefined) return;
  throw failure(
    `this deployment already has the key ${own.id} of this name, and \`imported\` has another id`,
    "garage.key.nameTaken",
    "Declare the new key with another name, and destroy this one when nothing uses it any more",
  );
}
