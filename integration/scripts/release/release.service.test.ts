import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WorkspaceCopy } from "../testing/workspace-copy.ts";

const type = "providers/example/src/file.ts";
const list = "docs/released.json";
const released = "docs/released/example.json";

const workspace = WorkspaceCopy.withProviders("example");
afterAll(() => workspace[Symbol.dispose]());

/** The copy starts before the first release, even if the suite has been released meanwhile. */
beforeAll(() => {
  for (const file of [list, "docs/released"]) rmSync(join(workspace.root, file), { recursive: true, force: true });
  workspace.change("CHANGELOG.md", (text) => text.replaceAll(/^## \d+\.\d+\.\d+$/gm, "## Earlier"));
});

const generate = (...args: string[]) => workspace.script("generate.ts", ...args);
const rename = (from: string, to: string) =>
  workspace.change(type, (text) => text.replaceAll(new RegExp(String.raw`\b${from}\b`, "g"), to));

test("an unreleased input can be renamed, and nothing is frozen by generating", { timeout: 300_000 }, () => {
  rename("mode", "fileMode");
  const renamed = generate();
  expect(renamed.status, renamed.output).toBe(0);
  expect(renamed.output).not.toContain("released");
  rename("fileMode", "mode");
  expect(generate().status).toBe(0);
});

test("a release writes the interface, and from then on a rename is rejected", { timeout: 300_000 }, () => {
  const { status, output } = workspace.script("release.ts");
  expect(status, output).toBe(0);
  const { version } = JSON.parse(workspace.read("package.json"));
  expect(JSON.parse(workspace.read(list))).toMatchObject({ version, providers: { example: version }, breaking: [] });
  expect(JSON.parse(workspace.read(released))).toMatchObject({ version, resourceTypes: { file: {} } });
  expect(generate("--check")).toMatchObject({ status: 0, output: "" });

  rename("mode", "fileMode");
  for (const args of [[], ["--check"]]) {
    const rejected = generate(...args);
    expect(rejected.output).toContain("example: file.inputs.mode was removed.");
    expect(rejected.status).toBe(1);
  }
  rename("fileMode", "mode");
});

test("deleting any file of the release is rejected, and says how to restore it", { timeout: 300_000 }, () => {
  for (const [file, complaint] of [
    [released, `${released} is missing, but ${list} lists example`],
    [list, `${list} is missing, but CHANGELOG.md has the release`],
  ] as const) {
    const before = workspace.read(file);
    rmSync(join(workspace.root, file));
    const { status, output } = generate("--check");
    expect(output).toContain(complaint);
    expect(output).toContain("Hint: Restore CHANGELOG.md");
    expect(status).toBe(1);
    writeFileSync(join(workspace.root, file), before);
  }
  const changelog = workspace.read("CHANGELOG.md");
  workspace.change("CHANGELOG.md", (text) => text.replace(/^## \d+\.\d+\.\d+\n[\s\S]*?(?=^## )/m, ""));
  expect(generate("--check").output).toContain("but CHANGELOG.md has no release");
  writeFileSync(join(workspace.root, "CHANGELOG.md"), changelog);
  expect(generate("--check").status).toBe(0);
});

test("a breaking change needs a decision record and a changeset", { timeout: 300_000 }, () => {
  workspace.change(type, (text) => text.replace('`0644`.", "0644"', '`0644`.", "0600"'));
  const decision = "docs/adr/001-converge.md";
  const change = 'example: the default of file.inputs.mode changed from "0644" to "0600".';
  expect(generate("--breaking", "docs/adr/999-nothing.md").output).toContain("must name an existing file");

  const unannounced = generate("--breaking", decision);
  expect(unannounced.output).toContain("example: the changeset of a breaking change is missing");
  expect(unannounced.status).toBe(1);
  expect(workspace.script("release.ts").output).toContain("Unable to release");

  const changeset = '---\n"@nixops4-resources/example": minor\n---\n\nFiles are private by default.\n';
  writeFileSync(join(workspace.root, ".changeset/private-files.md"), changeset);
  expect(generate().output).toContain(change);
  const accepted = generate("--breaking", decision);
  expect(accepted.status, accepted.output).toBe(0);
  expect(JSON.parse(workspace.read(list)).breaking).toEqual([{ change, decision }]);
  expect(generate("--check")).toMatchObject({ status: 0 });

  const again = workspace.script("release.ts");
  expect(again.status, again.output).toBe(0);
  expect(JSON.parse(workspace.read(list)).breaking).toEqual([]);
  expect(generate("--check")).toMatchObject({ status: 0, output: "" });
});
