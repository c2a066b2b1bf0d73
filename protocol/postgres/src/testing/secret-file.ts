import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A secret of a test file, in a file as a user has it; it is removed after the file's tests. */
export interface SecretFile {
  readonly file: string;
  readonly value: string;
}

/** Makes it at once, since tests are declared with its name. */
export function makeSecretFile(value = `canary-${randomBytes(12).toString("hex")}`): SecretFile {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-postgres-"));
  const file = join(folder, "secret");
  writeFileSync(file, `${value}\n`, { mode: 0o600 });
  afterAll(() => rm(folder, { recursive: true }));
  return { file, value };
}
