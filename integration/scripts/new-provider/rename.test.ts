import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toNames } from "./names.ts";
import { manifest, renamed } from "./rename.ts";

const example = join(import.meta.dirname, "../../../providers/example");
const files = globSync(["README.md", "src/**/*.ts"], { cwd: example });
const names = toNames("my-queue", "message_log", []);
const copied = new Map(
  files.map((file) => [renamed(file, names), renamed(readFileSync(join(example, file), "utf8"), names)]),
);

test("the copy names the example nowhere", () => {
  for (const [file, text] of copied) {
    // A field of defineResource, and the function that gives an input's type a value to show.
    const rest = text.replaceAll(/\bexample:|\bwithExample\b/g, "");
    expect(rest, file).not.toMatch(/example/i);
  }
});

test("the type is called by its new name wherever it is called by name", () => {
  expect(copied.get("src/main.ts")).toContain('message_log: () => import("./message-log.ts")');
  expect(copied.get("src/message-log.ts")).toContain('type: "message_log"');
  expect(copied.get("src/message-log.service.test.ts")).toContain('import messageLog from "./message-log.ts"');
  expect(copied.get("src/message-log.service.test.ts")).toContain("testResource(messageLog, {");
  expect(copied.get("README.md")).toContain("`src/message-log.ts` is one");
});

test("no literal and no module is called after the old type", () => {
  for (const [file, text] of copied) {
    expect(file).not.toMatch(/(^|\/)file\./);
    expect(text, file).not.toMatch(/"file"|`file`|\bfile(\.service)?(\.test)?\.ts|\bfile: \(\)/);
  }
});

test("keeps the words about files, since the copy manages files", () => {
  expect(copied.get("src/message-log.ts")).toContain("A small text file.");
  expect(copied.get("src/folder.ts")).toContain("readFileSync(");
});

test("uses the provider's name in codes, variables and the manifest", () => {
  expect(copied.get("src/errors.ts")).toContain('"my_queue.folder.missing"');
  expect(copied.get("src/message-log.service.test.ts")).toContain('"MY_QUEUE_KEY"');
  expect(copied.get("src/main.ts")).toContain('title: "My Queue"');
  expect(JSON.parse(manifest(readFileSync(join(example, "package.json"), "utf8"), names))).toMatchObject({
    name: "@nixops4-resources/my-queue",
    description: "NixOps4 resources of My Queue",
    bin: { "nixops4-resources-my-queue": "./dist/main.cjs" },
  });
});

test.each([
  ["My", "log", "cannot name a provider"],
  ["my_queue", "log", "cannot name a provider"],
  ["../x", "log", "cannot name a provider"],
  ["queue", "Log", "cannot name a resource type"],
  ["queue", "message-log", "cannot name a resource type"],
  ["queue", "class", "has a meaning of its own"],
  ["queue", "folder", "has a meaning of its own"],
])("%s %s is refused: %s", (provider, resource, reason) => {
  expect(() => toNames(provider, resource, ["folder"])).toThrow(reason);
});
