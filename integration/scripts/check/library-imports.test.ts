import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { libraryImportFaults } from "./library-imports.ts";
import { libraryOf } from "./metafile.ts";

const libraries = {
  // Node's lexer finds `parse` in the text of each of these.
  "plain/package.json": '{ "name": "plain", "main": "index.js" }',
  "plain/index.js": "exports.parse = (text) => text.length;",
  "flagged/package.json": '{ "name": "flagged", "main": "index.js" }',
  "flagged/index.js": 'Object.defineProperty(exports, "__esModule", { value: true }); exports.parse = () => 1;',
  "two-faced/package.json": '{ "name": "two-faced", "main": "index.js", "module": "index.mjs" }',
  "two-faced/index.js": "module.exports = { parse: () => 1 };",
  "two-faced/index.mjs": "export const parse = () => 1; export default parse;",
  "modern/package.json": '{ "name": "modern", "type": "module", "exports": "./index.js" }',
  "modern/index.js": "export const parse = () => 1;",
};

test.each<[string, string]>([
  [
    "a name that is destructured",
    'export const f = async () => { const { parse } = await import("plain"); return parse; };',
  ],
  [
    "a name that is renamed",
    'export const f = async () => { const { parse: p } = await import("flagged"); return p; };',
  ],
  ["a member of the namespace", 'export const f = async () => (await import("plain")).parse;'],
  ["a name in a callback", 'export const f = () => import("flagged").then(({ parse }) => parse);'],
])("names the library and the import for %s", async (_, source) => {
  const library = source.includes("plain") ? "plain" : "flagged";
  expect(await faultsOf(source)).toEqual([
    `src/main.ts imports parse of ${library}, which is undefined in the bundle; write \`const { default: library } = await import("${library}")\`.`,
  ]);
});

test("the named import of the planted library is really undefined in a bundle, and the default is not", async () => {
  const source = `
    export const named = async () => { const { parse } = await import("plain"); return parse; };
    export const whole = async () => { const { default: library } = await import("plain"); return library.parse("abc"); };`;
  const { run } = await bundle(source);
  const { named, whole } = await run();
  expect(await named?.()).toBeUndefined();
  expect(await whole?.()).toBe(3);
});

test("rejects the whole namespace of a CommonJS library", async () => {
  expect(await faultsOf('export const f = async () => { const all = await import("plain"); return all; };')).toEqual([
    expect.stringContaining("src/main.ts imports all of plain, whose bundle has only the default"),
  ]);
});

test("rejects a default that Node and the bundle take from different files", async () => {
  expect(await faultsOf('import parse from "two-faced"; export const f = parse;')).toEqual([
    "src/main.ts imports the default of two-faced, but Node and the bundle load different files of it.",
  ]);
});

test.each<[string, string]>([
  [
    "the default of a CommonJS library",
    'export const f = async () => { const { default: p } = await import("plain"); return p; };',
  ],
  ["static names of a CommonJS library", 'import { parse } from "plain"; export const f = parse;'],
  ["a static default of a CommonJS library", 'import plain from "plain"; export const f = plain;'],
  ["static names of a library with two files", 'import { parse } from "two-faced"; export const f = parse;'],
  [
    "names of an ECMAScript module",
    'export const f = async () => { const { parse } = await import("modern"); return parse; };',
  ],
  ["types alone", 'export const f = (p: typeof import("plain")): unknown => p;'],
  ["modules of Node", 'export const f = async () => { const { join } = await import("node:path"); return join; };'],
])("accepts %s", async (_, source) => {
  expect(await faultsOf(source)).toEqual([]);
});

async function faultsOf(source: string): Promise<string[]> {
  const { metafile, folder } = await bundle(source);
  const read = (path: string): string => readFileSync(join(folder, path), "utf8");
  return libraryImportFaults(metafile, {
    source: read,
    manifest: (path) => JSON.parse(read(`node_modules/${libraryOf(path)}/package.json`)),
  });
}

/** Bundles a source and the planted libraries with the settings of tsup.config.ts that matter here. */
async function bundle(source: string) {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-imports-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const planted = Object.entries(libraries).map(([file, text]) => [`node_modules/${file}`, text] as const);
  for (const [file, text] of [...planted, ["src/main.ts", source], ["package.json", '{ "type": "module" }']] as const) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: ["src/main.ts"],
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    metafile: true,
    logLevel: "silent",
  });
  const run = async (): Promise<Record<string, () => Promise<unknown>>> => await import(join(folder, "dist/main.js"));
  return { metafile, folder, run };
}
