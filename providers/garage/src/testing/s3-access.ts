import { ListObjectsV2Command, S3ServiceException } from "@aws-sdk/client-s3";
import type { Message } from "@nixops4-resources/protocol-core/testing";
import { connection } from "../connection.ts";
import { openS3, type Credentials } from "../s3/client.ts";

/** The status with which S3 answers a list of the bucket's objects: 200, or 403 if the key has no access. */
export async function statusOfList(at: Message, credentials: Credentials, Bucket: string): Promise<number | undefined> {
  const s3 = openS3(connection.parse(at), credentials);
  try {
    return (await s3.send(new ListObjectsV2Command({ Bucket }))).$metadata.httpStatusCode;
  } catch (error) {
    if (error instanceof S3ServiceException) return error.$metadata.httpStatusCode;
    throw error;
  } finally {
    s3.destroy();
  }
}
