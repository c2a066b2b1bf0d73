import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "forgotten-"));
afterAll(() => rmSync(folder, { recursive: true }));
const fixture = join(import.meta.dirname, "../fixtures/forgetful.ts");

const create = (name: string, secret: object): string =>
  JSON.stringify({
    createResourceRequest: {
      type: "holder",
      inputProperties: { connection: {}, managedBy: "prod", name, secret },
      isStateful: false,
    },
  });

test("a process that goes on has nothing left of the secrets of a request: neither texts nor bytes", () => {
  const canaries = ["file", "command"].map((kind) => `canary-${kind}-${randomBytes(12).toString("hex")}`);
  const files = canaries.map((canary, index) => {
    const file = join(folder, `secret-${index}`);
    writeFileSync(file, canary, { mode: 0o600 });
    return file;
  });
  const [file = "", printed = ""] = files;
  const requests = join(folder, "requests");
  writeFileSync(requests, [create("a", { file }), create("b", { command: ["cat", printed] })].join("\n"));
  const snapshot = join(folder, "heap.heapsnapshot");
  const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", fixture, snapshot, requests], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const answer = { createResourceResponse: { outputProperties: {} } };
  expect(JSON.parse(stdout)).toEqual({ answers: [answer, answer], left: [0, 0] });
  const heap = readFileSync(snapshot, "utf8");
  expect(heap, "the snapshot has texts of the process").toContain("forgetful");
  for (const canary of canaries) expect(heap.includes(canary), "a secret in the heap").toBe(false);
});
