import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WorkspaceCopy } from "../testing/workspace-copy.ts";

const type = "providers/example/src/file.ts";
const description = /description: "[^"]*"/;

test("writes what follows from the sources, and --check names the stale files", { timeout: 120_000 }, () => {
  using workspace = WorkspaceCopy.withProviders("example");
  expect(workspace.script("generate.ts", "--check")).toMatchObject({ status: 0 });

  workspace.change(type, (text) => text.replace(description, 'description: "A very small text file."'));
  const stale = workspace.script("generate.ts", "--check");
  expect(stale.status).toBe(1);
  expect(stale.output).toContain("run `pnpm generate`: nix/providers/example/generated.nix, docs/providers/example.md");

  writeFileSync(join(workspace.root, "docs/providers/gone.md"), "of a provider that was removed\n");
  expect(workspace.script("generate.ts")).toMatchObject({ status: 0 });
  expect(workspace.read("nix/providers/example/generated.nix")).toContain("A very small text file.");
  expect(existsSync(join(workspace.root, "docs/providers/gone.md"))).toBe(false);
  expect(workspace.script("generate.ts", "--check")).toMatchObject({ status: 0 });
});

test("rejects an example that the type would reject", { timeout: 120_000 }, () => {
  using workspace = WorkspaceCopy.withProviders("example");
  workspace.change(type, (text) => text.replace('example: { name: "motd"', 'example: { name: "of the day"'));
  const { status, output } = workspace.script("generate.ts");
  expect(output).toContain("The example of file of example does not fit its inputs");
  expect(status).toBe(1);
});
