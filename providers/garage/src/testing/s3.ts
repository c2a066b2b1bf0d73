import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import * as z from "zod/mini";

const newKey = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });
export type S3Key = z.output<typeof newKey>;

/** An S3 client as an application has it. */
export const s3With = (server: GarageServer, credentials: S3Key): S3Client =>
  new S3Client({
    endpoint: `http://127.0.0.1:${server.s3Port}`,
    region: server.region,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });

/** A key that somebody made by hand, with these permissions on the bucket. */
export async function makeKey(
  { admin }: GarageServer,
  bucketId: string,
  permissions: { read: boolean; write: boolean; owner: boolean },
): Promise<S3Key> {
  const key = newKey.parse(await admin.post("/v2/CreateKey", { name: "by hand" }));
  await admin.post("/v2/AllowBucketKey", { bucketId, accessKeyId: key.accessKeyId, permissions });
  return key;
}

export const everything = { read: true, write: true, owner: true };

/** Deletes every object by a key of its own. */
export async function deleteObjects(server: GarageServer, bucketId: string, Bucket: string): Promise<void> {
  const s3 = s3With(server, await makeKey(server, bucketId, everything));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  s3.destroy();
}
