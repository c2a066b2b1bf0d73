import { expect, test } from "vitest";
import { codeFaults } from "./error-codes.ts";

const full = { path: "queue.ts", text: 'throw new ProviderError("it is full", { code: "queue.full", hint: "Read" });' };
const refused = { path: "login.ts", text: 'const error = refuse("who are you", "queue.login.tooOften");' };
const all = new Set(["queue.full", "queue.login.tooOften"]);

test("accepts codes that are used and explained", () => {
  expect(codeFaults([full, refused], all)).toEqual([]);
});

test("names a code that is not explained, with its file", () => {
  expect(codeFaults([full, refused], new Set(["queue.login.tooOften"]))).toEqual([
    "queue.ts uses the error queue.full, which no errors.ts explains.",
  ]);
});

test("names a code that no source uses", () => {
  expect(codeFaults([full], all)).toEqual(["No source uses the error queue.login.tooOften of errors.ts."]);
});

test("ignores other codes and texts with dots", () => {
  const other = { path: "client.ts", text: 'if (error.code === "42P04") host = "db.example.org";' };
  expect(codeFaults([full, refused, other], all)).toEqual([]);
});
