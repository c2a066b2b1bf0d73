// Releases the next version from the files of .changeset: `pnpm release`. Writes versions, CHANGELOG.md, and the
// released interfaces that `generate` and `check` compare with.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.ts";
import { compareWithRelease } from "./generate/breaking-changes.ts";
import { describe, providerNames } from "./generate/describe.ts";
import { readReleases } from "./generate/releases.ts";
import { summaryOf, withRelease } from "./release/changelog.ts";
import { writeReleased } from "./release/released-files.ts";

const root = join(import.meta.dirname, "../..");

try {
  const version = await release();
  // Whoever packs the bundles next packs their code caches, too.
  if (process.env["NO_SERVICES"] !== "1") await build({ train: true });
  process.stdout.write(`${version}: read CHANGELOG.md, then commit everything as chore(release): ${version}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function release(): Promise<string> {
  const changesets = globSync(".changeset/*.md", { cwd: root }).filter((file) => !file.endsWith("README.md"));
  if (changesets.length === 0) {
    throw new Error("Unable to release: .changeset is empty.\nHint: Run `pnpm changeset` to describe what changed.");
  }
  const descriptions = await Promise.all(providerNames(root).map((name) => describe(root, name)));
  const releases = readReleases(root);
  const undecided = releases === undefined ? [] : compareWithRelease(root, releases, descriptions).undecided;
  if (undecided.length > 0) {
    throw new Error([...undecided, "Unable to release: see above.\nHint: Run `npm run check`."].join("\n"));
  }
  const summaries = changesets.sort().map((file) => summaryOf(read(file)));

  const { status, error } = spawnSync("changeset", ["version"], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`Unable to release: changeset ended with status ${status}.`, { cause: error });

  // changesets does not change the workspace's root.
  const { version }: { version: string } = JSON.parse(read("protocol/core/package.json"));
  write("package.json", read("package.json").replace(/"version": ".*"/, `"version": "${version}"`));
  write("CHANGELOG.md", withRelease(read("CHANGELOG.md"), version, summaries));
  writeReleased(root, version, descriptions);
  return version;
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function write(file: string, text: string): void {
  writeFileSync(join(root, file), text);
}
