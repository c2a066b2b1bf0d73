import { inspect } from "node:util";
import { expect, test } from "vitest";
import { scrub, Secret } from "./secret.ts";

test("prints a secret as [secret] everywhere", () => {
  const secret = new Secret("hunter2-hunter2");
  expect(`${String(secret)} ${JSON.stringify({ secret })} ${inspect({ secret })} ${inspect(secret)}`).not.toContain(
    "hunter2",
  );
  expect(JSON.stringify(secret)).toBe('"[secret]"');
  expect(secret.revealText()).toBe("hunter2-hunter2");
});

test("scrubs a secret in every spelling in which it slips into a message", () => {
  const value = 'p"ä\\ss wörd/7';
  const secret = new Secret(value);
  for (const spelling of [
    value,
    JSON.stringify(value),
    encodeURIComponent(value),
    Buffer.from(value).toString("base64"),
  ]) {
    expect(scrub(`login failed: ${spelling}!`)).toMatch(/^login failed: "?\[secret\]"?!$/);
  }
  expect(secret.toString()).toBe("[secret]");
});

test("scrubs each line of a long secret", () => {
  expect(new Secret("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhki\n").toString()).toBe("[secret]");
  expect(scrub("bad line MIIEvQIBADANBgkqhki")).toBe("bad line [secret]");
});

test("scrubs a short secret only as a whole word", () => {
  expect(new Secret("app").toString()).toBe("[secret]");
  expect(scrub("password app refused for application app1")).toBe("password [secret] refused for application app1");
});
