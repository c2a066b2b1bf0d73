import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { password } from "./password.ts";

test("generates 32 different characters each time, which need no quoting", async () => {
  const made = await Promise.all(Array.from({ length: 100 }, () => generate(password, {})));
  for (const { value } of made) expect(value).toMatch(/^[A-Za-z0-9_-]{32}$/);
  expect(new Set(made.map(({ value }) => value)).size).toBe(100);
});

test("draws all characters equally often, even if repeated or only in a class", async () => {
  const { value } = await generate(password, { length: 1024, alphabet: "aab", requiredClasses: ["c"] });
  const counts = ["a", "b", "c"].map((character) => value.split(character).length - 1);
  // Expected 341 each; 5 standard deviations are 75. One run in a million fails.
  for (const count of counts) expect(count).toBeGreaterThan(341 - 75);
});

test("contains each required class, at any position", async () => {
  const requiredClasses = ["0123456789", "!%+", "🙂"];
  const made = await Promise.all(
    Array.from({ length: 50 }, () => generate(password, { length: 4, alphabet: "abcdefgh", requiredClasses })),
  );
  for (const { value } of made) {
    expect(Array.from(value)).toHaveLength(4);
    expect(value).toMatch(/[0-9]/);
    expect(value).toMatch(/[!%+]/);
    expect(value).toContain("🙂");
  }
  const places = new Set(made.map(({ value }) => Array.from(value).findIndex((character) => /[0-9]/.test(character))));
  expect(places).toEqual(new Set([0, 1, 2, 3]));
});

test("rejects more required classes than characters", async () => {
  const requiredClasses = ["a", "b", "c", "d", "e"];
  await expect(generate(password, { length: 4, requiredClasses })).rejects.toThrow(/too_big/);
});
