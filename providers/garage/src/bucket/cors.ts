import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ApiCorsRule } from "../admin/shapes.ts";

/** `*` at most once: Garage takes more of them for plain characters. */
const origin = z.string().check(
  z.minLength(1),
  z.refine((text) => text.split("*").length <= 2, "an origin with at most one `*`"),
);

/** The names of S3's PutBucketCors. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html */
const corsRule = z.strictObject({
  id: option(z.nullable(z.string().check(z.minLength(1), z.maxLength(255))), "Name of the rule. Null has none.", null),
  allowedOrigins: option(
    z.array(origin).check(z.minLength(1)),
    "Origins that may read, such as `https://video.example.org`, or `*` for all.",
  ),
  allowedMethods: option(
    z.array(z.enum(["GET", "HEAD", "PUT", "POST", "DELETE"])).check(z.minLength(1)),
    "HTTP methods that are permitted.",
  ),
  allowedHeaders: option(z.array(z.string().check(z.minLength(1))), "Headers that a request may send, or `*`.", []),
  exposeHeaders: option(z.array(z.string().check(z.minLength(1))), "Headers of the answer that a script may read.", []),
  maxAgeSeconds: option(
    z.nullable(z.int().check(z.minimum(0))),
    "Time in which a browser keeps the answer to a preflight request, in seconds. Null leaves it to the browser.",
    null,
  ),
});

export const corsRules = z.nullable(z.array(corsRule).check(z.refine(haveUniqueIds, "rules with different ids")));

export type CorsRule = z.output<typeof corsRule>;

/** Whether no id is given twice: Garage accepts it, and then nobody knows which rule is meant. */
export function haveUniqueIds(rules: readonly { readonly id: string | null }[]): boolean {
  const ids = rules.flatMap(({ id }) => id ?? []);
  return new Set(ids).size === ids.length;
}

export const toApiCors = (rule: CorsRule): ApiCorsRule => ({
  ...(rule.id !== null && { ID: rule.id }),
  AllowedOrigin: rule.allowedOrigins,
  AllowedMethod: rule.allowedMethods,
  AllowedHeader: rule.allowedHeaders,
  ExposeHeader: rule.exposeHeaders,
  ...(rule.maxAgeSeconds !== null && { MaxAgeSeconds: rule.maxAgeSeconds }),
});

/** The rules of the server in the form of the input. A method that the input does not know remains visible. */
export const fromApiCors = (rules: readonly ApiCorsRule[]): CorsRule[] =>
  rules.map((rule) => ({
    id: rule.ID ?? null,
    allowedOrigins: rule.AllowedOrigin,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only compared and shown
    allowedMethods: rule.AllowedMethod as CorsRule["allowedMethods"],
    allowedHeaders: rule.AllowedHeader ?? [],
    exposeHeaders: rule.ExposeHeader ?? [],
    maxAgeSeconds: rule.MaxAgeSeconds ?? null,
  }));
