import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "@nixops4-resources/integration-servers/process/find-program";
import { byteSamples } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import sources from "./sources.ts";
import { makePerson, type Person } from "../testing/index.ts";

const what = "the password of role app";
let alice: Person;
let folder: string;

// Neither Debian 12 nor npm has sops. Get it from nixpkgs, or build it with `go install`.
beforeEach((context) => {
  try {
    findProgram("sops", "none; nixpkgs has it");
  } catch (error) {
    context.skip(error instanceof Error ? error.message : String(error));
  }
});
beforeAll(async () => {
  alice = await makePerson();
  folder = mkdtempSync(join(tmpdir(), "nixops4-sops-"));
  vi.stubEnv("SOPS_AGE_KEY_FILE", alice.identity.file);
});
afterAll(async () => {
  vi.unstubAllEnvs();
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

test("reports a failure of sops with the command to run", async () => {
  const file = encrypt("b.yaml", "db: hunter2-hunter2\n");
  await expect(sources.read({ sops: { file, key: ["no"] } }, what)).rejects.toMatchObject({
    code: "secret.sops.failed",
    message: expect.stringMatching(/^the password of role app cannot be read: sops ended with status \d+$/),
    hint: `Run this to see the reason: sops --decrypt --extract '["no"]' ${file}`,
  });
  vi.stubEnv("SOPS_AGE_KEY_FILE", "/nowhere");
  await expect(sources.read({ sops: { file, key: ["db"] } }, what)).rejects.toMatchObject({
    code: "secret.sops.failed",
  });
});
