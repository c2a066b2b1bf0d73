import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

test("a run ends with the slowest files, the skipped tests by reason, and one line of counts", () => {
  const fixtures = join(import.meta.dirname, "fixtures");
  const { stdout, status } = spawnSync(process.execPath, [vitest, "run", "--root", fixtures], { encoding: "utf8" });
  expect(status).toBe(1);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.slice(-9, -6)).toEqual([
    expect.stringMatching(/^Slowest of 2 files, \d+\.\d CPU s together:$/),
    expect.stringMatching(/^ {2}\d+\.\d s, \d+\.\d CPU s: (broken|mixed)\.fixture\.ts$/),
    expect.stringMatching(/^ {2}\d+\.\d s, \d+\.\d CPU s: (broken|mixed)\.fixture\.ts$/),
  ]);
  expect(lines.slice(-6)).toEqual([
    "Skipped, there is no moon:",
    "  some tests > are skipped",
    "  some tests > are skipped too",
    "Skipped, no reason given:",
    "  some tests > do not say why",
    // The failures are an expectation, a call of the console, and a file that cannot be read.
    "1 passed, 3 failed, 3 skipped",
  ]);
});
