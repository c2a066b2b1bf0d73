import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as ours from "./pg-crypto.ts";

const require = createRequire(import.meta.url);
const folder = join(require.resolve("pg/package.json"), "../lib");
type Functions = Record<string, (...args: never[]) => unknown>;
const theirs: Functions = require(join(folder, "crypto/utils.js"));
const own: Functions = { ...ours };

const [key, salt, data] = [Buffer.from("a key"), Buffer.from("0123456789abcdef"), Buffer.from([0, 0xff, 0x80])];

test.each<[string, unknown[]]>([
  ["deriveKey", ["pässwörd", salt, 4096]],
  ["hmacSha256", [key, "Client Key ü"]],
  ["sha256", [data]],
  ["hashByName", ["SHA-256", data]],
  ["hashByName", ["SHA-384", data]],
  ["hashByName", ["SHA-512", data]],
  ["postgresMd5PasswordHash", ["app", "pässwörd", Buffer.from([0x93, 1, 0x80, 0xff])]],
])("%s(%j) returns what pg's own function returns", async (name, args) => {
  expect(await textOf(own[name], args)).toBe(await textOf(theirs[name], args));
});

test("there is a function for every one that pg calls", () => {
  const called = ["client.js", "crypto/sasl.js"].flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/\bcrypto\.(\w+)/g)].map(([, name = ""]) => name),
  );
  expect(called).not.toEqual([]);
  expect(Object.keys(ours)).toEqual(expect.arrayContaining(called));
  expect(ours.randomBytes(18)).toHaveLength(18);
});

async function textOf(work: Functions[string] | undefined, args: unknown[]): Promise<string> {
  if (work === undefined) throw new Error("The function does not exist.");
  const result: unknown = await Reflect.apply(work, undefined, args);
  if (typeof result === "string") return result;
  if (result instanceof Uint8Array) return Buffer.from(result).toString("hex");
  if (result instanceof ArrayBuffer) return Buffer.from(result).toString("hex");
  throw new TypeError(`${String(result)} is neither text nor bytes.`);
}
