import { AlreadyExists, type Mark } from "@nixops4-resources/protocol-core";
import { requireFreeSecret } from "@nixops4-resources/protocol-secrets";
import { failure } from "../admin/failure.ts";
import type { ApiKey } from "../admin/shapes.ts";
import type { GarageWriter } from "../admin/writer.ts";
import { namesakes, ownNamesakes } from "../named/choose.ts";
import { nameWith } from "../named/name.ts";
import { resolveId, resolveSecretKey } from "./find.ts";
import type { Wanted } from "./inputs.ts";
import { changesTo } from "./settings.ts";
import { destinationOf, storeSecret } from "./stored.ts";

/** Creates the key with its mark. Throws AlreadyExists if another process was faster. Runs under the lock of the name. */
export async function createKey(garage: GarageWriter, want: Wanted, mark: Mark): Promise<void> {
  const key = await (want.imported === null ? generate(garage, want, mark) : importKey(garage, want, mark));
  await storeSecret(key, want);
  const changes = changesTo(key, want);
  if (changes !== undefined) await garage.updateKey(key.accessKeyId, changes);
}

/** Names are not unique, so of two that another machine creates at once, the older one stays. */
async function generate(garage: GarageWriter, want: Wanted, mark: Mark): Promise<ApiKey> {
  if (namesakes(await garage.keys(), want).length > 0) throw new AlreadyExists(want.name);
  const destination = destinationOf(want);
  if (destination !== undefined) await requireFreeSecret(destination.place, destination.kept);
  const made = await garage.createKey(nameWith(want.name, mark));
  const [oldest] = ownNamesakes(await garage.keys(), want);
  if (oldest?.id === made.accessKeyId) return made;
  await garage.deleteKey(made.accessKeyId);
  throw new AlreadyExists(want.name);
}

async function importKey(garage: GarageWriter, want: Wanted, mark: Mark): Promise<ApiKey> {
  const { imported, name } = want;
  if (imported === null) throw new TypeError("No key to import");
  const id = await resolveId(imported, name);
  try {
    return await garage.importKey(id, await resolveSecretKey(imported, name), nameWith(name, mark));
  } catch (error) {
    if (!(error instanceof AlreadyExists) || (await garage.key(id)) !== undefined) throw error;
  }
  throw failure(
    "the id in `imported` belonged to a key that was deleted, and Garage never accepts it again",
    "garage.key.deleted",
    "Generate a new id and secret, and refer to them in `imported`",
  );
}
