import { option, secretRef } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** A key for S3, where an input refers to one. */
export const s3Key = z.strictObject({
  accessKeyId: option(secretRef, "Id of the key."),
  secretAccessKey: option(secretRef, "Secret of the key."),
});

export type S3Key = z.output<typeof s3Key>;
