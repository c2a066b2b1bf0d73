import { defineResource, MarkChanged, type Listed } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";
import type { GarageReader } from "../admin/reader.ts";
import type { ApiBucket } from "../admin/shapes.ts";
import { connectReader, connectWriter } from "../admin/writer.ts";
import { connection, type Connection } from "../connection.ts";
import { setAliases } from "./aliases.ts";
import { unsupported } from "../unsupported.ts";
import { addName, createBucket } from "./create.ts";
import { deleteBucket, removeUnfinished } from "./delete.ts";
import { inputs, outputs, type Inputs, type Outputs } from "./inputs.ts";
import { whileLocked } from "./lock.ts";
import { identityOf, isBeingDeleted, markersIn, markIn, namesIn, ownerOf, type Viewer } from "./marker.ts";
import { proven, release, requireOwnIdentity, takeOver } from "./ownership.ts";
import { seenSettings } from "./settings.ts";
import { writeSettings } from "./write-settings.ts";

export default defineResource({
  type: "bucket",
  description:
    "A bucket with its aliases, website, quotas, CORS and lifecycle rules. One of its global aliases, `nixops4.…`, is the mark of the deployment that manages it; applications see it in S3's list of buckets.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs,
  outputs,
  immutable: {
    name: "Applications would lose the bucket: add the new name to `aliases`, or declare a new bucket and copy the objects",
  },
  secret: ["emptyWith"],
  unsupported,
  stableOutputs: ["id", "bucketName", "endpoint", "endpointHost", "region", "usePathStyle"],
  leastRights:
    "The admin token needs the scopes `GetBucketInfo`, `CreateBucket`, `AddBucketAlias`, `RemoveBucketAlias` and `UpdateBucket`; `DeleteBucket` to delete; `ListBuckets` to list; `GetNodeInfo` for `corsRules` and `lifecycleRules`. `confirmEmpty` without `emptyWith` needs `ListKeys`, `CreateKey`, `UpdateKey`, `DeleteKey`, `GetKeyInfo` and `AllowBucketKey`, too.",
  example: { name: "media", website: { indexDocument: "index.html" }, maxSizeBytes: 100_000_000_000 },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(garage, want) {
    const bucket = await find(garage, want);
    // What we are deleting is as good as gone: a create takes it back, a destroy completes the deletion.
    if (bucket === undefined || isBeingDeleted(bucket.globalAliases, want)) return undefined;
    requireOwnIdentity(bucket, want);
    return {
      mark: markIn(bucket.globalAliases, want),
      inputs: seenInputs(bucket, want),
      outputs: factsOf(bucket, want),
    };
  },

  create: async (garage, want) => createBucket(garage, want),

  update: async (garage, want, { changed, mark, seen }) =>
    whileLocked(seen.outputs.id, async () => {
      const bucket = await proven(garage, seen.outputs.id, want, mark);
      await addName(garage, bucket, want);
      await writeSettings(garage, bucket, want);
      if (changed.has("aliases")) await setAliases(garage, bucket, want.name, want.aliases ?? []);
    }),

  removeUnfinished: async (garage, want) => removeUnfinished(garage, want),

  delete: async (garage, want, { mark, outputs: { id } }) => deleteBucket(garage, id, want, mark),

  async setMark(garage, want, mark, expected) {
    const found = await find(garage, want);
    if (found === undefined) throw new MarkChanged();
    await whileLocked(found.id, async () => {
      const bucket = await proven(garage, found.id, want, expected);
      if (mark === undefined) return await release(garage, bucket, want);
      await takeOver(garage, bucket, want, expected);
      return await addName(garage, bucket, want);
    });
  },

  async list(garage, managedBy) {
    const buckets = await garage.buckets();
    return buckets.flatMap(({ globalAliases }) => listedOf(globalAliases, managedBy));
  },
});

/** By its id, if the input has it: then it may have no name yet. Throws if another bucket has the name. */
async function find(garage: GarageReader, { id, name }: Inputs): Promise<ApiBucket | undefined> {
  if (id === null) return await garage.bucketByAlias(name);
  const bucket = await garage.bucketById(id);
  if (bucket === undefined) {
    throw failure(`no bucket has the id ${id}`, "garage.bucket.missing", "Correct `id`, or leave it out");
  }
  if (bucket.globalAliases.includes(name)) return bucket;
  const holder = await garage.bucketByAlias(name);
  if (holder === undefined) return bucket;
  throw failure(
    `the alias ${name} leads to the bucket ${holder.id}, not to ${id}`,
    "garage.alias.taken",
    "Correct `id` or `name`, or leave out `id`",
  );
}

function seenInputs(bucket: ApiBucket, want: Inputs) {
  const others = namesIn(bucket.globalAliases).filter((alias) => alias !== want.name);
  const { id, name, aliases, confirmEmpty, emptyWith } = want;
  return {
    name,
    id,
    aliases: aliases === null || isSameSet(aliases, others) ? aliases : others,
    confirmEmpty,
    emptyWith,
    ...seenSettings(bucket, want),
  };
}

function factsOf({ id, websiteAccess }: ApiBucket, want: Inputs & { connection: Connection }): Outputs {
  const { s3, web } = want.connection;
  const hasWebsite = websiteAccess && web.rootDomain !== null;
  return {
    id,
    bucketName: want.name,
    endpoint: s3.endpoint,
    endpointHost: new URL(s3.endpoint).host,
    region: s3.region,
    usePathStyle: true,
    websiteHost: hasWebsite ? `${want.name}.${web.rootDomain}` : null,
  };
}

/** A bucket without its name, which a killed create left, is not listed: its mark has only a hash of the name. */
function listedOf(aliases: readonly string[], managedBy: string): Listed[] {
  const viewer: Omit<Viewer, "name"> = { managedBy, adopt: false, adoptFrom: null };
  const own = markersIn(aliases).find(({ owner, role }) => owner === ownerOf(managedBy) && role !== "deleting");
  const name = namesIn(aliases).find((alias) => own?.identity === identityOf(managedBy, alias));
  if (name === undefined) return [];
  const mark = markIn(aliases, { ...viewer, name });
  return mark?.managedBy === managedBy ? [{ label: name, inputs: { name }, mark }] : [];
}

const isSameSet = (some: readonly string[], others: readonly string[]): boolean =>
  new Set(some).size === new Set(others).size && some.every((one) => others.includes(one));
