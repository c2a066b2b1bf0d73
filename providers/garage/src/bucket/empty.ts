import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from "@aws-sdk/client-s3";
import { waitFor } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";
import type { ApiBucket } from "../admin/shapes.ts";
import type { GarageWriter } from "../admin/writer.ts";
import type { Connection } from "../connection.ts";
import { authoritiesOf, callS3, openS3, resolveKey, untilEffective, type Credentials } from "../s3/client.ts";
import type { Inputs } from "./inputs.ts";
import { markersIn } from "./marker.ts";
import { withTemporaryKey } from "./temporary-key.ts";

type Wanted = Inputs & { readonly managedBy: string; readonly connection: Connection };

/** Deletes all objects of a bucket that carries our mark, by S3, since the admin API cannot. */
export async function emptyBucket(garage: GarageWriter, bucket: ApiBucket, want: Wanted): Promise<void> {
  const run = (credentials: Credentials): Promise<void> => deleteObjects(bucket, want, credentials);
  if (want.emptyWith !== null) await run(await resolveKey(want.emptyWith));
  else await withTemporaryKey(garage, bucket, want.managedBy, run);
}

async function deleteObjects(bucket: ApiBucket, { connection }: Wanted, credentials: Credentials): Promise<void> {
  const { endpoint } = connection.s3;
  // By the marker, which leads to this bucket in any case.
  const name = markersIn(bucket.globalAliases)[0]?.alias ?? "";
  const s3 = openS3(connection, credentials, await authoritiesOf(connection));
  let count = 0;
  const progress = (): string => `the deletion of the objects (${count} of about ${bucket.objects} are deleted)`;
  try {
    await untilEffective(endpoint, "the permission to delete the objects", (abortSignal) =>
      s3.send(new ListObjectsV2Command({ Bucket: name, MaxKeys: 1 }), { abortSignal }),
    );
    await waitFor(progress, async () => {
      for (;;) {
        const deleted = await deletePage(s3, endpoint, name);
        if (deleted === 0) return;
        count += deleted;
      }
    });
    await abortUploads(s3, endpoint, name);
  } finally {
    s3.destroy();
  }
}

/** Deletes up to 1000 objects; returns their number. */
async function deletePage(s3: S3Client, endpoint: string, Bucket: string): Promise<number> {
  const { Contents = [] } = await callS3(endpoint, (options) => s3.send(new ListObjectsV2Command({ Bucket }), options));
  if (Contents.length === 0) return 0;
  const Delete = { Objects: Contents.map(({ Key }) => ({ Key })), Quiet: true };
  const { Errors = [] } = await callS3(endpoint, (options) =>
    s3.send(new DeleteObjectsCommand({ Bucket, Delete }), options),
  );
  const [first] = Errors;
  if (first === undefined) return Contents.length;
  throw failure(
    `${Errors.length} objects cannot be deleted, such as ${first.Key}: ${first.Message}`,
    "garage.s3.refused",
    "Check the permissions of the key on the bucket and the server's log, then apply again",
  );
}

/** Uploads in parts that were never completed. They would not prevent the deletion, but hold their space. */
async function abortUploads(s3: S3Client, endpoint: string, Bucket: string): Promise<void> {
  const { Uploads = [] } = await callS3(endpoint, (options) =>
    s3.send(new ListMultipartUploadsCommand({ Bucket }), options),
  );
  for (const { Key, UploadId } of Uploads) {
    await callS3(endpoint, (options) => s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), options));
  }
}
