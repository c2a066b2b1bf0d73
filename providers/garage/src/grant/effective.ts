import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { failure } from "../admin/failure.ts";
import type { Connection } from "../connection.ts";
import {
  callS3,
  isRefused,
  authoritiesOf,
  openS3,
  resolveKey,
  untilEffective,
  type Credentials,
} from "../s3/client.ts";
import type { S3Key } from "../s3/key-input.ts";
import type { GrantReader } from "./client.ts";
import type { Inputs } from "./inputs.ts";

export interface Wanted extends Pick<Inputs, "bucket" | "keys"> {
  readonly connection: Connection;
}

type Read = (options: { abortSignal: AbortSignal }) => Promise<unknown>;

/** The key with which S3 is tried. Throws if the grant does not declare it with `read`. */
export async function declaredKey(key: S3Key, { keys }: Wanted): Promise<Credentials> {
  const credentials = await resolveKey(key);
  if (keys.some(({ accessKeyId, read }) => accessKeyId === credentials.accessKeyId && read)) return credentials;
  throw failure(
    "`keys` does not declare the key of `effectiveWith` with `read`",
    "garage.grant.contradiction",
    "Add `read = true` to this key in `keys`, or leave out `effectiveWith`",
  );
}

/** Whether S3 permits a read with the key now. */
export async function isEffective({ findings }: GrantReader, want: Wanted, key: Credentials): Promise<boolean> {
  if (findings.isEffective) return true;
  return await reading(want, key, async (read) => {
    try {
      await callS3(want.connection.s3.endpoint, read);
      return true;
    } catch (error) {
      if (error instanceof Error && isRefused(error.cause)) return false;
      throw error;
    }
  });
}

/** Waits until S3 permits a read with the key. */
export async function proveEffective({ findings }: GrantReader, want: Wanted, key: Credentials): Promise<void> {
  const what = `S3 to permit a read of the bucket ${want.bucket}`;
  await reading(want, key, (read) =>
    untilEffective(want.connection.s3.endpoint, what, (abortSignal) => read({ abortSignal })),
  );
  findings.isEffective = true;
}

async function reading<T>(
  { connection, bucket }: Wanted,
  key: Credentials,
  use: (read: Read) => Promise<T>,
): Promise<T> {
  const s3 = openS3(connection, key, await authoritiesOf(connection));
  try {
    return await use((options) => s3.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }), options));
  } finally {
    s3.destroy();
  }
}
