// Makes the next version of the suite from the files of .changeset: versions, CHANGELOG.md. `pnpm release`.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { summaryOf, withRelease } from "./release/changelog.ts";

const root = join(import.meta.dirname, "../..");
const changesets = globSync(".changeset/*.md", { cwd: root }).filter((file) => !file.endsWith("README.md"));
if (changesets.length === 0) {
  process.stderr.write("There is nothing to release: .changeset has no change.\n");
  process.exit(1);
}
const summaries = changesets.sort().map((file) => summaryOf(read(file)));

const { status } = spawnSync("changeset", ["version"], { cwd: root, stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

// changesets leaves the workspace's root alone.
const { version }: { version: string } = JSON.parse(read("protocol/core/package.json"));
write("package.json", read("package.json").replace(/"version": ".*"/, `"version": "${version}"`));
write("CHANGELOG.md", withRelease(read("CHANGELOG.md"), version, summaries));
process.stdout.write(`${version}: read CHANGELOG.md, then commit it as chore(release): ${version}\n`);

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function write(file: string, text: string): void {
  writeFileSync(join(root, file), text);
}
