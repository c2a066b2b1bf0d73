import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A secret in a file, as a user keeps it. It is removed after the tests of the test file. */
export interface SecretFile {
  readonly file: string;
  readonly value: string;
}

/** Creates the file synchronously, since tests are declared with its name. */
export function makeSecretFile(value = `canary-${randomBytes(12).toString("hex")}`): SecretFile {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-postgres-"));
  const file = join(folder, "secret");
  writeFileSync(file, `${value}\n`, { mode: 0o600 });
  afterAll(() => rm(folder, { recursive: true }));
  return { file, value };
}
