import * as z from "zod/mini";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, as Garage applies them. */
export const bucketName = z.string().check(
  z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  z.refine((name) => !/^(\d{1,3}\.){3}\d{1,3}$/.test(name), "a bucket name that is no IP address"),
  z.refine((name) => !name.startsWith("xn--"), "a bucket name that does not begin with `xn--`"),
  z.refine((name) => !name.endsWith("-s3alias"), "a bucket name that does not end with `-s3alias`"),
  z.refine(
    (name) => !name.startsWith("nixops4."),
    "a bucket name that does not begin with `nixops4.`, as our marks do",
  ),
);
