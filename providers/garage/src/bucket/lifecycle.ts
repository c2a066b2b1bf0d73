import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ApiLifecycleRule } from "../admin/shapes.ts";
import { haveUniqueIds } from "./cors.ts";

const days = z.nullable(z.int().check(z.minimum(1)));
const bytes = z.nullable(z.int().check(z.minimum(0)));

/** The names of S3's PutBucketLifecycleConfiguration, as far as Garage has them. */
const lifecycleRule = z
  .strictObject({
    id: option(
      z.nullable(z.string().check(z.minLength(1), z.maxLength(255))),
      "Name of the rule. Null has none.",
      null,
    ),
    enabled: option(z.boolean(), "Whether the rule is applied.", true),
    prefix: option(
      z.nullable(z.string().check(z.minLength(1))),
      "Only objects whose key begins with this text. Null means all.",
      null,
    ),
    objectSizeGreaterThanBytes: option(
      bytes,
      "Only objects that are larger than this, in bytes. Null means all.",
      null,
    ),
    objectSizeLessThanBytes: option(bytes, "Only objects that are smaller than this, in bytes. Null means all.", null),
    expirationDays: option(
      days,
      "Deletes an object this many days after it was written. Null deletes none by age.",
      null,
    ),
    expirationDate: option(
      z.nullable(z.string().check(z.regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/))),
      "Deletes the objects on this date (UTC), such as `2030-01-31`. Null deletes none by date.",
      null,
    ),
    abortIncompleteMultipartUploadDays: option(
      days,
      "Ends uploads in parts that are not complete this many days after their start, and frees their space. Null ends none.",
      null,
    ),
  })
  .check(
    z.refine(
      (rule) => hasAction(rule),
      "a rule with `expirationDays`, `expirationDate` or `abortIncompleteMultipartUploadDays`",
    ),
    z.refine(
      (rule) => rule.expirationDays === null || rule.expirationDate === null,
      "a rule with only one of `expirationDays` and `expirationDate`",
    ),
  );

export const lifecycleRules = z.nullable(
  z.array(lifecycleRule).check(z.refine(haveUniqueIds, "rules with different ids")),
);

export type LifecycleRule = z.output<typeof lifecycleRule>;

const hasAction = (rule: {
  expirationDays: unknown;
  expirationDate: unknown;
  abortIncompleteMultipartUploadDays: unknown;
}): boolean =>
  rule.expirationDays !== null || rule.expirationDate !== null || rule.abortIncompleteMultipartUploadDays !== null;

/** Whether the rule deletes objects. */
export const expires = (rule: ApiLifecycleRule): boolean =>
  rule.Status === "Enabled" && (rule.Expiration ?? null) !== null;

export function toApiLifecycle(rule: LifecycleRule): ApiLifecycleRule {
  const conditions = {
    ...(rule.prefix !== null && { Prefix: rule.prefix }),
    ...(rule.objectSizeGreaterThanBytes !== null && { ObjectSizeGreaterThan: rule.objectSizeGreaterThanBytes }),
    ...(rule.objectSizeLessThanBytes !== null && { ObjectSizeLessThan: rule.objectSizeLessThanBytes }),
  };
  const count = Object.keys(conditions).length;
  const uploads = rule.abortIncompleteMultipartUploadDays;
  return {
    ...(rule.id !== null && { ID: rule.id }),
    Status: rule.enabled ? "Enabled" : "Disabled",
    // Several conditions stand in `And`, one does not.
    ...(count > 0 && { Filter: count === 1 ? conditions : { And: conditions } }),
    ...(rule.expirationDays !== null && { Expiration: { Days: rule.expirationDays } }),
    ...(rule.expirationDate !== null && { Expiration: { Date: `${rule.expirationDate}T00:00:00Z` } }),
    ...(uploads !== null && { AbortIncompleteMultipartUpload: { DaysAfterInitiation: uploads } }),
  };
}

function fromApi(rule: ApiLifecycleRule): LifecycleRule {
  const conditions = { ...rule.Filter, ...rule.Filter?.And };
  return {
    id: rule.ID ?? null,
    enabled: rule.Status === "Enabled",
    prefix: conditions.Prefix ?? null,
    objectSizeGreaterThanBytes: conditions.ObjectSizeGreaterThan ?? null,
    objectSizeLessThanBytes: conditions.ObjectSizeLessThan ?? null,
    expirationDays: rule.Expiration?.Days ?? null,
    // S3 has midnight in UTC.
    expirationDate: rule.Expiration?.Date?.slice(0, 10) ?? null,
    abortIncompleteMultipartUploadDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? null,
  };
}

/** The rules of the server in the form of the input; in the wanted order if they are the same, since it has no meaning. */
export function seenLifecycle(rules: readonly ApiLifecycleRule[], wanted: readonly LifecycleRule[]): LifecycleRule[] {
  const seen = rules.map(fromApi);
  const inOrder = (some: readonly LifecycleRule[]): string => JSON.stringify(some.map(inText).toSorted());
  return inOrder(seen) === inOrder(wanted) ? [...wanted] : seen;
}

/** One order of the members, whatever their order in the input. */
const names = [
  "id",
  "enabled",
  "prefix",
  "objectSizeGreaterThanBytes",
  "objectSizeLessThanBytes",
  "expirationDays",
  "expirationDate",
  "abortIncompleteMultipartUploadDays",
];

const inText = (rule: LifecycleRule): string => JSON.stringify(rule, names);
