import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own for the test that asks for it, removed when that is finished. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nixops4-resources-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
