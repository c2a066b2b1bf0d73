import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { licencesOf } from "./licences.ts";

const root = mkdtempSync(join(tmpdir(), "licences-"));
afterAll(() => rmSync(root, { recursive: true }));

function library(name: string, files: Record<string, string>): void {
  const folder = join(root, "node_modules", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version: "1.2.3" }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
}

const bundleWith = (...inputs: string[]) => ({
  inputs: {},
  outputs: {
    "dist/main.cjs": {
      imports: [],
      exports: [],
      inputs: Object.fromEntries(inputs.map((input) => [input, { bytesInOutput: 1 }])),
    },
  },
});

library("plain", { LICENSE: "Permission of plain." });
library("@scope/apache", { "LICENSE.txt": "Terms of apache.", NOTICE: "Notice of apache." });
library("modest", {
  "README.md": "# modest\n\nWords.\n\n## License\n\nPermission of modest.\n\n## Thanks\n\nTo all.\n",
});
library("silent", { "README.md": "# silent\n\n## License\n\nMIT\n" });

test("collects every licence and notice of the bundled libraries, once each", () => {
  const text = licencesOf(
    bundleWith(
      "src/main.ts",
      "node_modules/plain/a.js",
      "apart:node_modules/plain/b.js",
      "node_modules/@scope/apache/a.js",
    ),
    root,
  );
  expect(text.split("-".repeat(80)).map((part) => part.trim())).toEqual([
    "@scope/apache 1.2.3\n\nTerms of apache.\n\nNotice of apache.",
    "plain 1.2.3\n\nPermission of plain.",
  ]);
});

test("takes the licence section of README.md if there is no file", () => {
  expect(licencesOf(bundleWith("node_modules/modest/a.js"), root)).toBe("modest 1.2.3\n\nPermission of modest.\n");
});

test("rejects a library without a licence text, by name", () => {
  expect(() => licencesOf(bundleWith("node_modules/silent/a.js"), root)).toThrow(
    "No licence text found for silent 1.2.3.",
  );
});

test("ignores a library of which nothing is in the bundle", () => {
  const { outputs } = bundleWith("node_modules/silent/a.js");
  outputs["dist/main.cjs"].inputs = { "node_modules/silent/a.js": { bytesInOutput: 0 } };
  expect(licencesOf({ inputs: {}, outputs }, root)).toBe("\n");
});
