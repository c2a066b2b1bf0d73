import { resolveSecret } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";
import type { GarageReader } from "../admin/reader.ts";
import type { ApiKey } from "../admin/shapes.ts";
import type { GarageWriter } from "../admin/writer.ts";
import { ambiguous, choose, ownNamesakes, surplusBeside } from "../named/choose.ts";
import type { Inputs, Wanted } from "./inputs.ts";

type Imported = NonNullable<Inputs["imported"]>;

export const resolveId = async ({ accessKeyId }: Imported, name: string): Promise<string> =>
  (await resolveSecret(accessKeyId, `the id of key ${name}`)).revealText();

export const resolveSecretKey = async ({ secretAccessKey }: Imported, name: string): Promise<string> =>
  (await resolveSecret(secretAccessKey, `the secret of key ${name}`)).revealText();

export interface FoundKey {
  readonly key: ApiKey;
  /** Whether there are younger keys of ours of this name. A create whose process died can leave one, whose secret nobody knows. */
  readonly hasSurplus: boolean;
}

/**
 * The key that the inputs mean: an imported one by its id, with its secret; a generated one by its name. A destroy request
 * names no id, so that its key is found by name and mark.
 */
export async function findKey(garage: GarageReader, want: Wanted): Promise<FoundKey | undefined> {
  if (want.imported !== null) {
    const key = await garage.key(await resolveId(want.imported, want.name), { withSecret: true });
    return key && { key, hasSurplus: false };
  }
  const keys = await garage.keys();
  const own = ownNamesakes(keys, want);
  // Only of generated keys a race can have left several, which are all the same to us.
  if (want.store === null && own.length > 1) throw ambiguous(own, want);
  const chosen = choose(keys, want);
  const key = chosen && (await garage.key(chosen.id));
  return key && { key, hasSurplus: own.length > 1 };
}

/** Deletes our generated keys of this name but the given one, which must be the oldest. Runs under the lock of the name. */
export async function removeSurplus(garage: GarageWriter, want: Wanted, id: string): Promise<void> {
  if (want.store === null) return;
  for (const surplus of surplusBeside(id, await garage.keys(), want)) await garage.deleteKey(surplus.id);
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
