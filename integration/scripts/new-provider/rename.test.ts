import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { toNames } from "./names.ts";
import { manifest, renamed } from "./rename.ts";
import { templates, type Template } from "./template.ts";

const names = toNames("my-queue", "message_log", []);
const folderOf = ({ provider }: Template): string => join(import.meta.dirname, "../../../providers", provider);

/** The copy of a template: its files with their texts. */
function copyOf(template: Template): Map<string, string> {
  const files = globSync(["README.md", "src/**/*.ts"], { cwd: folderOf(template) });
  const text = (file: string): string => readFileSync(join(folderOf(template), file), "utf8");
  return new Map(files.map((file) => [renamed(file, names, template), renamed(text(file), names, template)]));
}

describe.each(Object.entries(templates))("a copy of the template %s", (_, template: Template) => {
  const copied = copyOf(template);

  test("names the example nowhere", () => {
    for (const [file, text] of copied) {
      // A field of defineResource, the function that gives an input's type a value to show, and a domain.
      const rest = text.replaceAll(/\bexample:|\bwithExample\b|\bexample\.org\b/g, "");
      expect(rest, file).not.toMatch(/example/i);
    }
  });

  test("calls the type by its new name", () => {
    expect(copied.get("src/main.ts")).toContain('message_log: () => import("./message-log.ts")');
    expect(copied.get("src/message-log.ts")).toContain('type: "message_log"');
    expect(copied.get("src/message-log.service.test.ts")).toContain('import messageLog from "./message-log.ts"');
    expect(copied.get("src/message-log.service.test.ts")).toContain("testResource(messageLog, {");
    expect(copied.get("README.md")).toContain("`src/message-log.ts` is one");
    expect(copied.get("src/message-log.ts")).toMatch(/of message log \$\{/);
  });

  test("has no literal and no module with the old name of the type", () => {
    const old = template.resource;
    const leftover = new RegExp(String.raw`"${old}"|\`${old}\`|\b${old}(\.service)?(\.test)?\.ts|\b${old}: \(\)`);
    for (const [file, text] of copied) {
      expect(file).not.toMatch(new RegExp(String.raw`(^|/)${old}\.`));
      expect(text, file).not.toMatch(leftover);
    }
  });

  test("names the provider in variables, the manifest and for people", () => {
    expect(copied.get("src/message-log.service.test.ts")).toMatch(/"MY_QUEUE_\w+"/);
    expect(copied.get("src/main.ts")).toContain('title: "My Queue"');
    const original = readFileSync(join(folderOf(template), "package.json"), "utf8");
    expect(JSON.parse(manifest(original, names, template))).toMatchObject({
      name: "@nixops4-resources/my-queue",
      description: "NixOps4 resources of My Queue",
      bin: { "nixops4-resources-my-queue": "./dist/main.cjs" },
    });
  });

  test("has its test backend where lint permits it", () => {
    const files = [...copied.keys()].filter((file) => /backend|server/.test(file));
    expect(files).not.toEqual([]);
    for (const file of files) expect(file).toMatch(/^src\/testing\//);
  });
});

test("a copy that keeps files still says so", () => {
  const copied = copyOf(templates.files);
  expect(copied.get("src/message-log.ts")).toContain("A small text file.");
  expect(copied.get("src/folder.ts")).toContain("readFileSync(");
  expect(copied.get("src/errors.ts")).toContain('"my_queue.folder.missing"');
});

test("a copy that speaks HTTP has classes and codes of its own", () => {
  const copied = copyOf(templates.http);
  expect(copied.get("src/client.ts")).toContain("class MyQueueWriter extends MyQueueReader");
  expect(copied.get("src/errors.ts")).toContain('"my_queue.server.replica"');
  expect(copied.get("src/connection.ts")).toContain('endpointInputs("https://notes.example.org")');
});

test.each([
  ["My", "log", "cannot name a provider"],
  ["my_queue", "log", "cannot name a provider"],
  ["../x", "log", "cannot name a provider"],
  ["queue", "Log", "cannot name a resource type"],
  ["queue", "message-log", "cannot name a resource type"],
  ["queue", "class", "has a meaning of its own"],
  ["queue", "folder", "has a meaning of its own"],
])("%s %s is rejected: %s", (provider, resource, reason) => {
  expect(() => toNames(provider, resource, ["folder"])).toThrow(reason);
});
