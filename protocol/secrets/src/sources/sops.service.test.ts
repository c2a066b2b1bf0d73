import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findSops } from "@nixops4-resources/integration-servers/sops";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { byteSamples } from "@nixops4-resources/protocol-core/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import sources from "./sources.ts";
import { makePerson, type Person } from "../testing/index.ts";

const what = "the password of role app";
let alice: Person;
let folder: string;

const programs = serverOf(async () => ({ path: await findSops(), [Symbol.asyncDispose]: () => Promise.resolve() }));

beforeAll(async () => {
  alice = await makePerson();
  folder = mkdtempSync(join(tmpdir(), "nixops4-sops-"));
});
beforeEach(() => {
  vi.stubEnv("PATH", `${programs().path}${delimiter}${process.env["PATH"]}`);
  vi.stubEnv("SOPS_AGE_KEY_FILE", alice.identity.file);
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => {
  await alice[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function encrypt(name: string, content: string | Buffer): string {
  const [plain, file] = [join(folder, `plain-${name}`), join(folder, name)];
  writeFileSync(plain, content, { mode: 0o600 });
  writeFileSync(file, execFileSync("sops", ["--encrypt", "--age", alice.recipient, plain]));
  return file;
}

test.each([
  ["YAML", "a.yaml", 'db:\n  "the password": "päss: \\"wörd\\""\n'],
  ["JSON", "a.json", '{"db":{"the password":"päss: \\"wörd\\""}}'],
])("reads a value from a file in %s", async (_format, name, text) => {
  const file = encrypt(name, text);
  const { secret, from } = await sources.read({ sops: { file, key: ["db", "the password"] } }, what);
  expect(secret.revealText()).toBe('päss: "wörd"');
  expect(from).toBe(`db.the password in sops file ${file}`);
});

test.each(Object.entries(byteSamples))("returns %s from a binary file", async (_name, bytes) => {
  const file = encrypt("c.bin", bytes);
  const { secret } = await sources.read({ sops: { file, key: ["data"] } }, what);
  expect(secret.revealBytes().toString("hex")).toBe(bytes.toString("hex"));
});

test("reads an element of a list", async () => {
  const file = encrypt(
    "users.yaml",
    "users:\n  - name: a\n    password: first-password\n  - password: second-password\n",
  );
  const { secret, from } = await sources.read({ sops: { file, key: ["users", 1, "password"] } }, what);
  expect(secret.revealText()).toBe("second-password");
  expect(from).toBe(`users.1.password in sops file ${file}`);
});

test.each([
  ["in YAML, as sops prints it", "whole.yaml", Buffer.from("db:\n    password: hunter2-hunter2\n")],
  ["with variables", "whole.env", Buffer.from("DB_PASSWORD=hunter2-hunter2\n")],
  ["of any bytes", "whole.conf", Buffer.from([0xff, 0, 0x0a, 0x0d, 0x0a])],
])("reads a whole file %s", async (_what, name, content) => {
  const file = encrypt(name, content);
  const { secret, from } = await sources.read({ sops: { file } }, what);
  expect(secret.revealBytes().toString("hex")).toBe(content.toString("hex"));
  expect(from).toBe(`sops file ${file}`);
});

test("reports a failure of sops with its reason and the command to run", async () => {
  const file = encrypt("b.yaml", "db: hunter2-hunter2\nusers: [a-password]\n");
  await expect(sources.read({ sops: { file, key: ["no"] } }, what)).rejects.toMatchObject({
    code: "secret.sops.failed",
    message: expect.stringMatching(
      /^the password of role app cannot be read: sops ended with status \d+: .*component \['no'\] not found/,
    ),
    hint: `Run this to see the reason: sops --decrypt --extract '["no"]' ${file}`,
  });
  await expect(sources.read({ sops: { file, key: ["users", 1] } }, what)).rejects.toMatchObject({
    message: expect.stringContaining("component [1] accesses out of bounds"),
  });
  vi.stubEnv("SOPS_AGE_KEY_FILE", "/nowhere");
  await expect(sources.read({ sops: { file, key: ["db"] } }, what)).rejects.toMatchObject({
    code: "secret.sops.failed",
  });
});
