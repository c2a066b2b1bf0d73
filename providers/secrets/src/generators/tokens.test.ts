import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { base64, base64url, hex, uuid } from "./tokens.ts";

test("encodes the wanted number of random bytes in each encoding", async () => {
  expect((await generate(hex, {})).value).toMatch(/^[0-9a-f]{64}$/);
  expect((await generate(hex, { sizeBytes: 16 })).value).toMatch(/^[0-9a-f]{32}$/);
  expect((await generate(base64, {})).value).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  expect((await generate(base64url, { sizeBytes: 48 })).value).toMatch(/^[A-Za-z0-9_-]{64}$/);
  expect(Buffer.from((await generate(base64, { sizeBytes: 20 })).value, "base64")).toHaveLength(20);
});

test("generates a UUID of version 4", async () => {
  expect((await generate(uuid, {})).value).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test("rejects too few bytes", async () => {
  await expect(generate(hex, { sizeBytes: 4 })).rejects.toThrow(/too_small/);
});
