// The parts of Garage's answers that the provider uses. https://garagehq.deuxfleurs.fr/api/garage-admin-v2.html
import { isRawNumber, type RawNumber } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** A whole number below 2^64. JavaScript rounds numbers above 2^53, so these stay in the server's spelling. */
const exactNumber = z.custom<number | RawNumber>((value) => typeof value === "number" || isRawNumber(value));

/** Its decimal digits. */
export const digitsOf = (value: number | RawNumber): string =>
  typeof value === "number" ? String(value) : value.rawJSON;

const permissions = z.object({ read: z.boolean(), write: z.boolean(), owner: z.boolean() });
export type Permissions = z.output<typeof permissions>;

const bucketId = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** In the spelling of the API, which is that of S3's XML. */
const corsRule = z.object({
  ID: z.optional(z.nullable(z.string())),
  AllowedOrigin: z.array(z.string()),
  AllowedMethod: z.array(z.string()),
  AllowedHeader: z.optional(z.nullable(z.array(z.string()))),
  ExposeHeader: z.optional(z.nullable(z.array(z.string()))),
  MaxAgeSeconds: z.optional(z.nullable(z.number())),
});
export type ApiCorsRule = z.output<typeof corsRule>;

const condition = {
  Prefix: z.optional(z.nullable(z.string())),
  ObjectSizeGreaterThan: z.optional(z.nullable(z.number())),
  ObjectSizeLessThan: z.optional(z.nullable(z.number())),
};

const lifecycleRule = z.object({
  ID: z.optional(z.nullable(z.string())),
  Status: z.string(),
  Filter: z.optional(z.nullable(z.object({ ...condition, And: z.optional(z.nullable(z.object(condition))) }))),
  Expiration: z.optional(
    z.nullable(z.object({ Days: z.optional(z.nullable(z.number())), Date: z.optional(z.nullable(z.string())) })),
  ),
  AbortIncompleteMultipartUpload: z.optional(z.nullable(z.object({ DaysAfterInitiation: z.number() }))),
});
export type ApiLifecycleRule = z.output<typeof lifecycleRule>;

/** A key with permissions on a bucket. */
const bucketKey = z.object({
  accessKeyId: z.string(),
  name: z.string(),
  permissions,
  bucketLocalAliases: z.array(z.string()),
});

export const apiBucket = z.object({
  id: bucketId,
  globalAliases: z.array(z.string()),
  websiteAccess: z.boolean(),
  websiteConfig: z.optional(
    z.nullable(z.object({ indexDocument: z.string(), errorDocument: z.optional(z.nullable(z.string())) })),
  ),
  /** From 2.3 on; absent if there are none. */
  corsRules: z.optional(z.nullable(z.array(corsRule))),
  lifecycleRules: z.optional(z.nullable(z.array(lifecycleRule))),
  keys: z.array(bucketKey),
  objects: z.number(),
  bytes: z.number(),
  quotas: z.object({ maxSize: z.nullable(exactNumber), maxObjects: z.nullable(exactNumber) }),
});
export type ApiBucket = z.output<typeof apiBucket>;

export const apiListedBucket = z.object({
  id: bucketId,
  globalAliases: z.array(z.string()),
  localAliases: z.array(z.object({ accessKeyId: z.string(), alias: z.string() })),
});
export type ApiListedBucket = z.output<typeof apiListedBucket>;

const expiration = { expiration: z.optional(z.nullable(z.string())), expired: z.optional(z.boolean()) };

export const apiKey = z.object({
  accessKeyId: z.string().check(z.minLength(1)),
  name: z.string(),
  /** Only if it was asked for. */
  secretAccessKey: z.optional(z.nullable(z.string())),
  permissions: z.object({ createBucket: z.boolean() }),
  buckets: z.array(
    z.object({
      id: bucketId,
      globalAliases: z.array(z.string()),
      localAliases: z.array(z.string()),
      permissions,
    }),
  ),
  created: z.optional(z.nullable(z.string())),
  ...expiration,
});
export type ApiKey = z.output<typeof apiKey>;

export const apiListedKey = z.object({
  id: z.string().check(z.minLength(1)),
  name: z.string(),
  created: z.optional(z.nullable(z.string())),
  ...expiration,
});
export type ApiListedKey = z.output<typeof apiListedKey>;

const token = {
  /** Null for the token of the configuration. */
  id: z.nullable(z.string()),
  name: z.string(),
  created: z.optional(z.nullable(z.string())),
  ...expiration,
  scope: z.array(z.string()),
};
export const apiToken = z.object(token);
export type ApiToken = z.output<typeof apiToken>;

export const apiNewToken = z.object({ ...token, secretToken: z.string().check(z.minLength(1)) });

/** The error that every version sends. */
export const apiError = z.object({ code: z.string(), message: z.string(), region: z.string() });
export type ApiError = z.output<typeof apiError>;

/** Of one node; the only member of `success` is named after its id. */
export const apiNodeInfo = z.object({ success: z.unknown() });
export const apiNode = z.object({ garageVersion: z.string() });
export const apiStatusV1 = z.object({ garageVersion: z.nullable(z.string()) });
