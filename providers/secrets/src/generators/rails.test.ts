import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { activeRecordEncryptionKey, railsSecretKeyBase } from "./rails.ts";

test("generates a SECRET_KEY_BASE of 128 hexadecimal digits", async () => {
  expect((await generate(railsSecretKeyBase, {})).value).toMatch(/^[0-9a-f]{128}$/);
});

test("generates different Active Record keys of 32 letters and digits", async () => {
  const made = await Promise.all([1, 2, 3].map(() => generate(activeRecordEncryptionKey, {})));
  for (const { value } of made) expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(new Set(made.map(({ value }) => value)).size).toBe(3);
});
