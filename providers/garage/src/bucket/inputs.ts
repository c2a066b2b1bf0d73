import { option, withExample, type Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { s3Key } from "../s3/key-input.ts";
import { corsRules } from "./cors.ts";
import { lifecycleRules } from "./lifecycle.ts";
import { bucketName } from "./name.ts";
import { quota } from "./quota.ts";
import { website } from "./website.ts";

export const inputs = {
  name: option(
    bucketName,
    "Name of the bucket: its first global alias, by which S3 clients and websites find it. Changing the name declares a different bucket.",
  ),
  id: option(
    z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
    "Id of an existing bucket to adopt that has no global alias: 64 hexadecimal digits. Null finds the bucket by its name.",
    null,
  ),
  aliases: option(
    z.nullable(z.array(bucketName)),
    "All further global aliases, such as the domain of a website. New ones are added before old ones are removed. Null does not manage them.",
    null,
  ),
  website: option(
    website,
    'Website that serves the objects without a login. "off" switches it off. Null does not manage it.',
    null,
  ),
  maxSizeBytes: option(
    quota,
    'Largest sum of the sizes of all objects, in bytes; above 2^53 - 1 as a string of digits. 0 permits no object. "unlimited" removes the limit. Null does not manage it.',
    null,
  ),
  maxObjects: option(
    quota,
    'Largest number of objects. 0 permits none. "unlimited" removes the limit. Null does not manage it.',
    null,
  ),
  corsRules: option(
    corsRules,
    "Which web pages of other origins may read the objects (CORS); the first rule that fits counts. An empty list removes all rules. Null does not manage them. Needs Garage 2.3.",
    null,
  ),
  lifecycleRules: option(
    lifecycleRules,
    "When objects and incomplete uploads are deleted; the order has no meaning. An empty list removes all rules. Null does not manage them. Needs Garage 2.3.",
    null,
  ),
  confirmEmpty: option(
    z.boolean(),
    "Whether to delete all objects when the bucket is deleted. Otherwise the deletion fails if the bucket contains any.",
    false,
  ),
  emptyWith: option(
    z.nullable(s3Key),
    "S3 key with the permissions read, write and owner on the bucket, which deletes the objects. Null uses a temporary key that expires after an hour; this needs Garage 2.0.",
    null,
  ),
};

export const outputs = {
  id: option(z.string(), "Id of the bucket: 64 hexadecimal digits. S3 clients use the name, not the id."),
  bucketName: option(withExample(z.string(), "media"), "Name of the bucket for S3 clients."),
  endpoint: option(z.string(), "URL of the S3 API."),
  endpointHost: option(z.string(), "Host of the S3 API, with its port unless that is the default."),
  region: option(z.string(), "Region of the S3 API, as the server reports it."),
  usePathStyle: option(
    z.boolean(),
    "Whether S3 clients name the bucket in the path: always true, since it needs no further DNS record.",
  ),
  websiteHost: option(
    z.nullable(z.string()),
    "Host that serves the website. Null if the website is off, or if `connection.web.rootDomain` is null.",
  ),
};

export type Inputs = Values<typeof inputs>;
export type Outputs = Values<typeof outputs>;
