import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WorkspaceCopy } from "../testing/workspace-copy.ts";

const type = "providers/example/src/file.ts";
const snapshot = "providers/example/schema.json";

test("what is generated follows the sources, and --check tells what does not", { timeout: 120_000 }, () => {
  using workspace = new WorkspaceCopy();
  expect(workspace.script("generate.ts", "--check")).toMatchObject({ status: 0 });

  workspace.change(type, (text) => text.replace("A small text file.", "A very small text file."));
  const stale = workspace.script("generate.ts", "--check");
  expect(stale.status).toBe(1);
  expect(stale.output).toContain(
    "run `pnpm generate`: nix/providers/example/generated.nix, docs/providers/example.md, providers/example/schema.json",
  );

  writeFileSync(join(workspace.root, "docs/providers/gone.md"), "of a provider that was removed\n");
  expect(workspace.script("generate.ts")).toMatchObject({ status: 0 });
  expect(workspace.read("nix/providers/example/generated.nix")).toContain("A very small text file.");
  expect(existsSync(join(workspace.root, "docs/providers/gone.md"))).toBe(false);
  expect(workspace.script("generate.ts", "--check")).toMatchObject({ status: 0 });
});

test("what breaks users is refused until a decision record allows it", { timeout: 120_000 }, () => {
  using workspace = new WorkspaceCopy();
  const before = workspace.read(snapshot);
  workspace.change(type, (text) => text.replace('`0644`.", "0644"', '`0644`.", "0600"'));

  const refused = workspace.script("generate.ts");
  expect(refused.output).toContain('example: the default of file.inputs.mode changed from "0644" to "0600".');
  expect(refused.status).toBe(1);
  expect(workspace.read(snapshot)).toBe(before);

  expect(workspace.script("generate.ts", "--breaking", "docs/adr/999-nothing.md").output).toContain("is no decision");
  expect(workspace.script("generate.ts", "--breaking", "docs/adr/001-converge.md")).toMatchObject({ status: 0 });
  expect(workspace.read(snapshot)).not.toBe(before);
  expect(workspace.script("generate.ts", "--check")).toMatchObject({ status: 0 });
});

test("an example that the type would refuse is refused", { timeout: 120_000 }, () => {
  using workspace = new WorkspaceCopy();
  workspace.change(type, (text) => text.replace('example: { name: "motd"', 'example: { name: "of the day"'));
  const { status, output } = workspace.script("generate.ts");
  expect(output).toContain("The example of file of example does not fit its inputs");
  expect(status).toBe(1);
});
