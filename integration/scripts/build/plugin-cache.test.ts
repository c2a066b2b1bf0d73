import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writePluginCaches } from "./plugin-cache.ts";

const dist = join(import.meta.dirname, "../../../providers/postgres/dist");

/** The caches of a copy of the bundle, by name. */
async function cachesOfACopy(): Promise<Map<string, Buffer>> {
  const folder = mkdtempSync(join(tmpdir(), "plugin-cache-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(dist, folder, { recursive: true, filter: (file) => !file.endsWith(".cache") });
  await writePluginCaches(join(folder, "main.cjs"));
  return new Map(globSync(`${folder}/*.cache`).map((file) => [basename(file), readFileSync(file)]));
}

test("two builds in different folders write equal code caches, so that a package keeps its hash", async () => {
  const [one, other] = [await cachesOfACopy(), await cachesOfACopy()];
  expect([...one.keys()].sort()).toEqual([
    expect.stringMatching(/^main\.cjs\..*\.cache$/),
    expect.stringMatching(/^plugin-.*\.cache$/),
  ]);
  for (const [name, content] of one) expect(other.get(name)?.equals(content), name).toBe(true);
});
