import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explainFileError } from "./file-failure.ts";
import { lookAtPath, readUserFile, UnreadableFile } from "./read-user-file.ts";

const folder = mkdtempSync(join(tmpdir(), "user-file-"));
const at = (name: string): string => join(folder, name);
const read = (path: string, more = {}) => readUserFile(path, { largestBytes: 100_000, ...more });

beforeAll(() => {
  mkdirSync(at("folder"));
  execFileSync("mkfifo", [at("fifo"), at("pipe")]);
  writeFileSync(at("file"), Buffer.alloc(90_000, "x"));
  symlinkSync("file", at("link"));
  symlinkSync("circle", at("circle"));
});
afterAll(() => rm(folder, { recursive: true }));

test("reads a regular file, also through a link", async () => {
  expect((await read(at("file"))).length).toBe(90_000);
  expect((await read(at("link"))).length).toBe(90_000);
  expect((await lookAtPath(at("link"))).real).toBe((await lookAtPath(at("file"))).real);
  expect((await read("/proc/self/status")).toString()).toContain("Name:");
});

test.each([
  ["a missing file", at("missing"), "missing", "missing does not exist"],
  ["a folder", at("folder"), "other", "folder is a folder"],
  ["a FIFO without a writer", at("fifo"), "other", "fifo is not a regular file"],
  ["a device", "/dev/zero", "other", "/dev/zero is not a regular file"],
  ["a path below a file", join(at("file"), "x"), "other", "is not a folder"],
  ["a circle of links", at("circle"), "other", "too many symbolic links"],
  ["a long name", at("x".repeat(300)), "other", "too long for a path"],
  ["NUL in a path", "/tmp/a\0b", "other", String.raw`"/tmp/a\u0000b" contains the character NUL`],
])("rejects %s with the reason and a hint", async (_name, path, kind, reason) => {
  const error = await read(path).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(UnreadableFile);
  expect(error).toMatchObject({ kind, message: expect.stringContaining(reason), hint: expect.stringMatching(/\w/) });
});

test("rejects a file that is larger than allowed, also if its status does not say so", async () => {
  await expect(read(at("file"), { largestBytes: 89_999 })).rejects.toMatchObject({ kind: "large" });
  await expect(read("/proc/self/status", { largestBytes: 10 })).rejects.toMatchObject({ kind: "large" });
});

test("rejects a link if it must not follow one", async () => {
  await expect(read(at("link"), { noLink: true })).rejects.toMatchObject({ cause: { code: "ELOOP" } });
});

test("reads a pipe for a command line, until its writer ends", async () => {
  const writer = spawn("sh", ["-c", `sleep 0.2; { echo one; sleep 0.2; echo two; } > ${at("pipe")}`]);
  expect((await read(at("pipe"), { pipes: true })).toString()).toBe("one\ntwo\n");
  writer.kill();
});

test.each(["ENOSPC", "EMFILE", "EDQUOT", "EIO", "EISDIR", "EROFS", "EBUSY"])("has words for %s", (code) => {
  const failure = explainFileError(Object.assign(new Error(`${code}: some words`), { code }), "/srv/x");
  expect(failure?.reason).toMatch(/\/srv\/x/);
  expect(failure?.hint).toMatch(/^[A-Z]/);
});

test("leaves other errors alone", () => {
  expect(explainFileError(new TypeError("x is not a function"), "/srv/x")).toBeUndefined();
});
