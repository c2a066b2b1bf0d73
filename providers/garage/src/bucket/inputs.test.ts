import { describe, expect, test } from "vitest";
import { inputs } from "./inputs.ts";
import { toApiLifecycle, type LifecycleRule } from "./lifecycle.ts";

const isValid = (name: keyof typeof inputs, value: unknown): boolean => inputs[name].safeParse(value).success;

// Garage accepts all of these without an effect.
test.each<[string, keyof typeof inputs, unknown]>([
  ["an expiry after 0 days", "lifecycleRules", [{ expirationDays: 0 }]],
  ["a rule without an action", "lifecycleRules", [{ prefix: "logs/" }]],
  ["two actions of one kind", "lifecycleRules", [{ expirationDays: 1, expirationDate: "2030-01-31" }]],
  ["a time of day", "lifecycleRules", [{ expirationDate: "2030-01-31T12:00:00Z" }]],
  [
    "equal ids of lifecycle rules",
    "lifecycleRules",
    [
      { id: "a", expirationDays: 1 },
      { id: "a", expirationDays: 2 },
    ],
  ],
  ["an action that only AWS has", "lifecycleRules", [{ transitionDays: 30 }]],
  ["an unknown method", "corsRules", [{ allowedOrigins: ["*"], allowedMethods: ["FOO"] }]],
  ["several wildcards in one origin", "corsRules", [{ allowedOrigins: ["https://*.*.org"], allowedMethods: ["GET"] }]],
  ["a rule without an origin", "corsRules", [{ allowedOrigins: [], allowedMethods: ["GET"] }]],
  ["a limit of 2^64", "maxSizeBytes", "18446744073709551616"],
  ["a negative limit", "maxObjects", -1],
])("%s is rejected", (_, name, value) => {
  expect(isValid(name, value)).toBe(false);
});

test.each<[string, keyof typeof inputs, unknown]>([
  ["a limit of 0", "maxObjects", 0],
  ["the largest limit", "maxSizeBytes", "18446744073709551615"],
  ["no limit", "maxSizeBytes", "unlimited"],
  ["one wildcard in an origin", "corsRules", [{ allowedOrigins: ["https://*.example.org"], allowedMethods: ["GET"] }]],
])("%s is accepted", (_, name, value) => {
  expect(isValid(name, value)).toBe(true);
});

describe("a lifecycle rule", () => {
  const rule: LifecycleRule = {
    id: null,
    enabled: true,
    prefix: null,
    objectSizeGreaterThanBytes: null,
    objectSizeLessThanBytes: null,
    expirationDays: 1,
    expirationDate: null,
    abortIncompleteMultipartUploadDays: null,
  };

  test("has one condition as it is, and several in `And`", () => {
    expect(toApiLifecycle(rule)).not.toHaveProperty("Filter");
    expect(toApiLifecycle({ ...rule, prefix: "a" }).Filter).toEqual({ Prefix: "a" });
    expect(toApiLifecycle({ ...rule, prefix: "a", objectSizeLessThanBytes: 9 }).Filter).toEqual({
      And: { Prefix: "a", ObjectSizeLessThan: 9 },
    });
  });
});
