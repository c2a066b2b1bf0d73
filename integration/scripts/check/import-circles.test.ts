import { expect, test } from "vitest";
import { importFaults } from "./import-circles.ts";

const faults = (files: Record<string, string>): string[] =>
  importFaults(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    (specifier) => specifier.startsWith("@nixops4-resources/example"),
  );

const importing = (...names: string[]): string => names.map((name) => `import { x } from "./${name}.ts";\n`).join("");

test("accepts a circle of three files and rejects one of four", () => {
  const three = { "a.ts": importing("b"), "b.ts": importing("c"), "c.ts": importing("a") };
  expect(faults(three)).toEqual([]);
  const four = { ...three, "c.ts": importing("d"), "d.ts": importing("a"), "e.ts": importing("a") };
  expect(faults(four)).toEqual(["4 files import each other; at most 3 may: a.ts, b.ts, c.ts, d.ts."]);
});

test("counts files that several small circles join", () => {
  const joined = {
    "a.ts": importing("b", "c", "d"),
    "b.ts": importing("a"),
    "c.ts": importing("a"),
    "d.ts": importing("a"),
  };
  expect(faults(joined)).toEqual([expect.stringContaining("4 files import each other")]);
});

test("counts imports of types, re-exports and imports over several lines, across folders", () => {
  expect(
    faults({
      "p/a.ts": 'import type { B } from "./b.ts";\n',
      "p/b.ts": 'export { c } from "../q/c.ts";\n',
      "q/c.ts": 'import {\n  d,\n  type D,\n} from "./d.ts";\n',
      "q/d.ts": 'import "../p/a.ts";\n',
    }),
  ).toEqual(["4 files import each other; at most 3 may: p/a.ts, p/b.ts, q/c.ts, q/d.ts."]);
});

test("ignores import(), which loads later, and chains without a circle", () => {
  expect(
    faults({
      "a.ts": 'export const load = () => import("./b.ts");\n',
      "b.ts": importing("c"),
      "c.ts": importing("d"),
      "d.ts": importing("a"),
    }),
  ).toEqual([]);
});

test.each([
  'import file from "@nixops4-resources/example/src/file.ts";\n',
  'import type file from "../../../providers/example/src/file.ts";\n',
  'const load = () => import("@nixops4-resources/example");\n',
])("rejects an import from protocol to providers: %s", (text) => {
  expect(faults({ "protocol/core/src/a.ts": text })).toEqual([
    expect.stringMatching(/^protocol\/core\/src\/a\.ts imports .*; protocol\/ must not depend on providers\/\.$/),
  ]);
  expect(faults({ "integration/contract/a.ts": text })).toEqual([]);
});
