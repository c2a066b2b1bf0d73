import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeEach, expect, test } from "vitest";
import { cacheFile } from "./code-cache.ts";
import { encodeCache, writeCache } from "./encode-cache.ts";

const folder = mkdtempSync(join(tmpdir(), "code-cache-"));
afterAll(() => rmSync(folder, { recursive: true }));
const chunk = (name: string): string => join(folder, name);
const cache = cacheFile(folder, "answer.cjs");
const record = join(folder, "scripts.json");
const recorder = join(import.meta.dirname, "../testing/training/recorder.cjs");

const files = {
  "main.cjs": `require(${JSON.stringify(join(import.meta.dirname, "load-chunk.ts"))}).chunkLoader(__dirname, require)("./answer.cjs");\n`,
  "answer.cjs": `"use strict";const{word}=require("./word.cjs");process.stdout.write(word()+require("./word.cjs").count());\n`,
  "word.cjs": `"use strict";let calls=0;exports.word=()=>(calls++,"old");exports.count=()=>calls;\n`,
};

/** Runs the chunks: what they write, and the scripts that Node compiled for it. */
function run(...options: readonly string[]): { stdout: string; stderr: string; scripts: string[]; code: Buffer } {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...options, "--require", recorder, chunk("main.cjs")],
    { encoding: "utf8", env: { RECORDED_SCRIPTS: record } },
  );
  expect(status, stderr).toBe(0);
  const recorded: { file: string; isAccepted: boolean; code: string }[] = JSON.parse(readFileSync(record, "utf8"));
  const scripts = recorded.map(({ file, isAccepted }) => `${basename(file)}${isAccepted ? " from its cache" : ""}`);
  return { stdout, stderr, scripts, code: Buffer.from(recorded[0]?.code ?? "", "base64") };
}

const cached = { stdout: "old1", scripts: [`${basename(cache)} from its cache`] };
const uncached = { stdout: "old1", scripts: ["answer.cjs", "word.cjs"] };

beforeEach(() => {
  rmSync(cache, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(chunk(name), text);
  writeCache(cache, encodeCache(folder, ["answer.cjs", "word.cjs"], Buffer.of()));
  writeCache(cache, encodeCache(folder, ["answer.cjs", "word.cjs"], run().code));
});

test("a cache serves all of its chunks, and each is loaded once", () => {
  expect(run()).toMatchObject(cached);
});

test("without a cache, every chunk is compiled", () => {
  rmSync(cache);
  expect(run()).toMatchObject(uncached);
});

test("a chunk that changed is compiled, also if its length is the same", () => {
  writeFileSync(chunk("word.cjs"), files["word.cjs"].replace("old", "new"));
  expect(run()).toMatchObject({ ...uncached, stdout: "new1" });
});

const content = (): Buffer => readFileSync(cache);
/** Offsets in the file: in the header, at both ends of the code, in the second copy and in the copy of the chunks. */
const places: Record<string, (bytes: Buffer) => number> = {
  "its first byte": () => 0,
  "the list of chunks": (bytes) => bytes.indexOf("word.cjs"),
  "the size of the code": (bytes) => bytes.indexOf("}\n") - 1,
  "the first byte of the code": (bytes) => bytes.indexOf("\n") + 1,
  "the middle of the code": (bytes) => bytes.indexOf("\n") + 2000,
  "the second copy": (bytes) => bytes.indexOf("\n") + Math.floor(bytes.length / 2),
  "the copy of a chunk": (bytes) => bytes.lastIndexOf("old"),
  "its last byte": (bytes) => bytes.length - 1,
};

test.each(Object.entries(places))("a cache with a flipped bit in %s is ignored", (_, placeOf) => {
  const bytes = content();
  const place = placeOf(bytes);
  bytes.writeUInt8(bytes.readUInt8(place) ^ 4, place);
  writeFileSync(cache, bytes);
  expect(run()).toMatchObject(uncached);
});

test.each<[string, () => void]>([
  ["truncated", () => writeFileSync(cache, content().subarray(0, -1))],
  ["cut in half", () => writeFileSync(cache, content().subarray(0, content().length / 2))],
  ["longer", () => writeFileSync(cache, Buffer.concat([content(), Buffer.of(0)]))],
  ["empty", () => writeFileSync(cache, "")],
  ["all zeros", () => writeFileSync(cache, Buffer.alloc(content().length))],
  ["of another Node", () => writeFileSync(cache, otherNode(content()))],
  ["a folder", () => (rmSync(cache), mkdirSync(cache))],
  ["a link to nowhere", () => (rmSync(cache), symlinkSync("nowhere", cache))],
])("a cache that is %s is ignored", (_, damage) => {
  damage();
  expect(run()).toMatchObject(uncached);
});

test("a cache of other flags of V8 is compiled again", () => {
  expect(run("--no-opt")).toMatchObject({ stdout: "old1", scripts: [basename(cache)] });
});

test("a full disk leaves neither a cache nor a part of one", () => {
  rmSync(cache);
  const encode = pathToFileURL(join(import.meta.dirname, "encode-cache.ts")).href;
  const program = `import { writeCache } from ${JSON.stringify(encode)}; writeCache(${JSON.stringify(cache)}, Buffer.alloc(100_000));`;
  const command = `ulimit -f 8; exec "$0" --input-type=module -e "$1"`;
  const { stderr } = spawnSync("bash", ["-c", command, process.execPath, program], { encoding: "utf8" });
  expect(stderr).toContain("EFBIG");
  expect(readdirSync(folder).filter((name) => name.includes(".cache"))).toEqual([]);
  expect(run()).toMatchObject(uncached);
});

/** The same cache as another Node of equal length would write it, both copies of the header. */
function otherNode(bytes: Buffer): Buffer {
  return Buffer.from(
    bytes.toString("latin1").replaceAll(process.version, process.version.replace(/\d/g, "9")),
    "latin1",
  );
}
