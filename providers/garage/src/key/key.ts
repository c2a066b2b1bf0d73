import {
  defineResource,
  MarkChanged,
  readMark,
  requireMark,
  somethingElse,
  type Mark,
  type ProviderError,
  type Seen,
} from "@nixops4-resources/protocol-core";
import {
  dropSecret,
  refTo,
  releaseSecret,
  requireFreeSecret,
  type StoredSecret,
} from "@nixops4-resources/protocol-secrets";
import { failure } from "../admin/failure.ts";
import type { ApiKey } from "../admin/shapes.ts";
import type { GarageReader } from "../admin/reader.ts";
import { connectReader, connectWriter, type GarageWriter } from "../admin/writer.ts";
import { connection } from "../connection.ts";
import { listed, mayTake, ownNamesakes } from "../named/choose.ts";
import { whileNamed } from "../named/lock.ts";
import { nameWith, wordsIn } from "../named/name.ts";
import { createKey } from "./create.ts";
import { findKey, removeSurplus, requireFreeName, resolveSecretKey, type FoundKey } from "./find.ts";
import { contradiction, inputs, outputs, type Outputs, type Wanted } from "./inputs.ts";
import { changesTo, requireSupport, seenSettings } from "./settings.ts";
import { destinationOf, findStored, storeSecret } from "./stored.ts";

export default defineResource({
  type: "key",
  description:
    "An access key for S3. It is imported, or Garage generates it and its secret goes to a secret store. Permissions on buckets are given by `grant`.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs,
  outputs,
  immutable: {
    name: "Declare a key of the new name, and destroy this one when nothing uses it any more",
    secretName: "The secret would stay in the store under its old name: declare another key, and destroy this one",
  },
  secret: ["imported"],
  stableOutputs: ["accessKeyId"],
  leastRights:
    "The admin token needs the scopes `ListKeys`, `GetKeyInfo` and `UpdateKey`; `ImportKey` or `CreateKey` to create, and `DeleteKey` to delete. With `GetKeyInfo` it can read every secret. `store` needs what the provider `secrets` needs there.",
  example: {
    name: "media",
    imported: {
      accessKeyId: { file: "/run/secrets/media-s3-id" },
      secretAccessKey: { file: "/run/secrets/media-s3-secret" },
    },
  },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(garage, want) {
    const flaw = contradiction(want);
    await requireSupport(garage, want);
    const found = await findKey(garage, want);
    if (found === undefined) {
      if (garage.needsSecrets) await requireCreatable(garage, want, flaw);
      return undefined;
    }
    return await see(garage, want, found);
  },

  refuse: (want, { inputs: seen }) =>
    contradiction(want) ?? (seen.imported === somethingElse ? secretDiffers() : undefined),

  create: async (garage, want, mark) => whileNamed("key", want, () => createKey(garage, want, mark)),

  update: async (
    garage,
    want,
    {
      changed,
      mark,
      seen: {
        outputs: { accessKeyId },
      },
    },
  ) =>
    whileNamed("key", want, async () => {
      const key = await proven(garage, accessKeyId, mark, changed.has("store"));
      const changes = changesTo(key, want);
      if (changes !== undefined) await garage.updateKey(accessKeyId, changes);
      if (!changed.has("store")) return;
      await storeSecret(key, want);
      await removeSurplus(garage, want, accessKeyId);
    }),

  // A killed destroy may have left the secret.
  removeUnfinished: async (_garage, want) => dropStored(want),

  delete: async (garage, want, { mark, outputs: { accessKeyId } }) =>
    whileNamed("key", want, async () => {
      const key = await garage.key(accessKeyId);
      if (key !== undefined) {
        requireMark(readMark(key.name), mark);
        await garage.deleteKey(accessKeyId);
      }
      if (want.store === null) return;
      for (const { id } of ownNamesakes(await garage.keys(), want)) await garage.deleteKey(id);
      await dropStored(want);
    }),

  setMark: async (garage, want, mark, expected) =>
    whileNamed("key", want, async () => {
      const found = await findKey(garage, want);
      if (found === undefined) throw new MarkChanged();
      const { key, hasSurplus } = found;
      requireMark(readMark(key.name), expected);
      if (hasSurplus) await removeSurplus(garage, want, key.accessKeyId);
      const destination = destinationOf(want);
      // First, since a repeated destroy no longer gets here if the key has no mark.
      if (mark === undefined && destination !== undefined) await releaseSecret(destination.place, destination.kept);
      await garage.updateKey(key.accessKeyId, { name: nameWith(key.name, mark) });
    }),

  list: async (garage, managedBy) => listed(await garage.keys(), managedBy, "key"),
});

async function see(
  garage: GarageReader,
  want: Wanted,
  { key, hasSurplus }: FoundKey,
): Promise<Seen<typeof inputs, typeof outputs>> {
  const destination = garage.needsSecrets ? destinationOf(want, key.accessKeyId) : undefined;
  const stored = destination && (await findStored(destination, want, key));
  return {
    mark: readMark(key.name),
    inputs: {
      name: wordsIn(key.name),
      imported: (await hasWantedSecret(want, key)) ? want.imported : somethingElse,
      ...(want.imported !== null && { secretName: null }),
      ...(destination !== undefined && { store: stored === undefined || hasSurplus ? somethingElse : want.store }),
      ...seenSettings(key, want),
    },
    outputs: { accessKeyId: key.accessKeyId, secretAccessKey: secretOf(want, stored) },
  };
}

/** Whether an imported key has its secret. Only then the server was asked for it. */
async function hasWantedSecret({ imported, name }: Wanted, { secretAccessKey }: ApiKey): Promise<boolean> {
  return imported === null || (await resolveSecretKey(imported, name)) === secretAccessKey;
}

function secretOf({ imported, store: place }: Wanted, stored: StoredSecret | undefined): Outputs["secretAccessKey"] {
  if (imported !== null) return imported.secretAccessKey;
  return place === null || stored === undefined ? null : refTo(place, stored);
}

/** Throws what would keep the key from being created. */
async function requireCreatable(garage: GarageReader, want: Wanted, flaw: ProviderError | undefined): Promise<void> {
  if (flaw !== undefined) throw flaw;
  if (want.imported !== null) await requireFreeName(garage, want, want.imported);
  const destination = destinationOf(want);
  if (destination === undefined) return;
  await requireFreeSecret(destination.place, destination.kept, (mark) => mayTake(mark, want));
}

/** The key just before a write. Throws MarkChanged if it is gone or does not carry the mark. */
async function proven(garage: GarageWriter, id: string, expected: Mark, withSecret: boolean): Promise<ApiKey> {
  const key = await garage.key(id, { withSecret });
  if (key === undefined) throw new MarkChanged();
  requireMark(readMark(key.name), expected);
  return key;
}

async function dropStored(want: Wanted): Promise<boolean> {
  const destination = destinationOf(want);
  return destination !== undefined && (await dropSecret(destination.place, destination.kept));
}

const secretDiffers = (): ProviderError =>
  failure(
    "Garage has a key with this id and another secret, which cannot be changed",
    "garage.key.secretDiffers",
    "Generate a new id with its secret, and import it as another key",
  );
