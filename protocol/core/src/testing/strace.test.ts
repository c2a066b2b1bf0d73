import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { killBefore, recordCalls, straceMissing } from "./strace.ts";

const lack = straceMissing();
const programs = mkdtempSync(join(tmpdir(), "nixops4-tracing-"));
let folder: string;

afterAll(() => rmSync(programs, { recursive: true }));
beforeEach((context) => {
  if (lack !== undefined) context.skip(lack);
  folder = mkdtempSync(join(tmpdir(), "nixops4-traced-"));
  return () => rmSync(folder, { recursive: true });
});

/** A program that writes a draft in it, gives it its name, and answers. */
function program(fs: "node:fs" | "node:fs/promises", sync: "Sync" | ""): { main: string } {
  const main = join(programs, "main.mjs");
  writeFileSync(
    main,
    `import * as fs from "${fs}";
     await fs.writeFile${sync}("${folder}/draft", "text");
     await fs.rename${sync}("${folder}/draft", "${folder}/final");
     process.stdout.write('{"writeResponse":{}}\\n');`,
  );
  return { main };
}

for (const [how, fs, sync] of [
  ["at once", "node:fs", "Sync"],
  ["by a thread", "node:fs/promises", ""],
] as const) {
  test(`finds calls that change files ${how}, and kills a program before each`, async () => {
    const executable = program(fs, sync);
    const calls = await recordCalls(executable, {}, folder);
    expect(calls.map(({ name }) => name)).toEqual(["write", "rename"]);
    const [write, rename] = calls;
    if (write === undefined || rename === undefined) throw new Error("checked above");
    rmSync(join(folder, "final"));

    await killBefore(executable, {}, write, folder);
    expect(readFileSync(join(folder, "draft"), "utf8")).toBe("");

    expect((await killBefore(executable, {}, rename, folder)).signal).toBe("SIGKILL");
    expect(readFileSync(join(folder, "draft"), "utf8")).toBe("text");
    expect(existsSync(join(folder, "final"))).toBe(false);
  });
}

test("ignores writes of other threads", async () => {
  const main = join(programs, "encrypting.mjs");
  writeFileSync(
    main,
    `import { promisify } from "node:util";
     import { pbkdf2 } from "node:crypto";
     import { writeFileSync } from "node:fs";
     for (let round = 0; round < 20; round++) await promisify(pbkdf2)("secret", "salt", 1, 32, "sha256");
     writeFileSync("${folder}/final", "text");
     process.stdout.write('{"writeResponse":{}}\\n');`,
  );
  const [write, ...others] = await recordCalls({ main }, {}, folder);
  if (write === undefined) throw new Error("no call was found");
  expect(others).toEqual([]);
  await killBefore({ main }, {}, write, folder);
  expect(readFileSync(join(folder, "final"), "utf8")).toBe("");
});

test("throws if the run ends before the call", async () => {
  const call = { name: "rename", number: 2, isFirstThread: true, text: "a second rename" };
  await expect(killBefore(program("node:fs", "Sync"), {}, call, folder)).rejects.toThrow("a second rename");
});
