import { expect, test } from "vitest";
import { codeFaults } from "./error-codes.ts";

const full = { path: "queue.ts", text: 'throw new ProviderError("it is full", { code: "queue.full", hint: "Read" });' };
const refused = { path: "login.ts", text: 'const error = refuse("who are you", "queue.login.tooOften");' };
const all = new Set(["queue.full", "queue.login.tooOften"]);

test("codes that are both given and explained are right", () => {
  expect(codeFaults([full, refused], all)).toEqual([]);
});

test("a code that is not explained is told with its file", () => {
  expect(codeFaults([full, refused], new Set(["queue.login.tooOften"]))).toEqual([
    "queue.ts gives the error queue.full, which no errors.ts explains.",
  ]);
});

test("a code that nothing gives is told", () => {
  expect(codeFaults([full], all)).toEqual(["Nothing gives the error queue.login.tooOften of errors.ts."]);
});

test("other codes and texts with dots are not taken for ours", () => {
  const other = { path: "client.ts", text: 'if (error.code === "42P04") host = "db.example.org";' };
  expect(codeFaults([full, refused, other], all)).toEqual([]);
});
