import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { installInputs } from "./manifests.mjs";

const root = join(import.meta.dirname, "../../..");

/** A workspace with these files, the packages of `globs` among them. */
function workspaceWith(globs: readonly string[], files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-manifests-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const yaml = `packages:\n${globs.map((glob) => `  - ${glob}\n`).join("")}\ncatalog:\n  zod: ^4.0.0\n`;
  writeFileSync(join(folder, "pnpm-workspace.yaml"), yaml);
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "{}");
  }
  return folder;
}

test("includes the workspace file, the lockfile and every manifest of this repository", () => {
  const expected = ["pnpm-workspace.yaml", "pnpm-lock.yaml", "package.json", "integration/package.json"];
  const nested = globSync(["{protocol,providers,integration}/*/package.json", "providers/*/client/package.json"], {
    cwd: root,
  });
  expect(nested).toContain("providers/dns/client/package.json");
  expect(nested).toContain("integration/driver/package.json");
  expect(installInputs(root)).toEqual([...expected, ...nested].map((file) => join(root, file)).sort());
});

test("follows the globs of pnpm-workspace.yaml", () => {
  const files = ["package.json", "a/x/package.json", "a/y/deep/package.json", "a/y/node_modules/z/package.json"];
  const folder = workspaceWith(["a/*", "# a comment", "'a/*/deep'", "b"], files);
  expect(installInputs(folder)).toEqual(
    ["a/x/package.json", "a/y/deep/package.json", "package.json", "pnpm-workspace.yaml"].map((file) =>
      join(folder, file),
    ),
  );
});

test("rejects a glob that it cannot expand, so that no manifest is missed", () => {
  expect(() => installInputs(workspaceWith(["a/**"], []))).toThrow("Unable to expand ** of pnpm-workspace.yaml");
});
