import { afterAll, expect, test } from "vitest";
import { WorkspaceCopy } from "../testing/workspace-copy.ts";
import { copyProvider } from "./copy.ts";
import { templates } from "./template.ts";

const workspace = new WorkspaceCopy();
afterAll(() => workspace[Symbol.dispose]());

test("new providers of both templates pass check and their contracts as they are", { timeout: 600_000 }, () => {
  const overNetwork = copyProvider(workspace.root, "my-queue", "message_log");
  expect(overNetwork).toContain("providers/my-queue/src/message-log.ts");
  expect(overNetwork).toContain("providers/my-queue/src/testing/server.ts");
  expect(overNetwork).toContain("nix/providers/my-queue/default.nix");
  const inFiles = copyProvider(workspace.root, "my-shelf", "book", templates.files);
  expect(inFiles).toContain("providers/my-shelf/src/testing/folder-backend.ts");

  const generated = workspace.script("generate.ts");
  expect(generated.status, generated.output).toBe(0);
  expect(workspace.read("docs/providers/my-queue.md")).toContain("members.my_message_log = {");
  expect(workspace.read("docs/providers/my-queue.md")).toContain("`connection.tls.caFile`");
  expect(workspace.read("docs/providers/my-shelf.md")).toContain("members.my_book = {");
  const checked = workspace.script("check.ts");
  expect(checked.status, checked.output).toBe(0);

  // The template's server is a part of it, so it is there unless servers are not wanted at all.
  const services = process.env["NO_SERVICES"] === "1" ? "1" : "0";
  const files = ["providers/my-queue", "providers/my-shelf"];
  const vitest = ["vitest", "run", "--maxWorkers=1", "--reporter=verbose", ...files] as const;
  const tested = workspace.run("env", `NO_SERVICES=${services}`, ...vitest);
  expect(tested.output).toContain("the contract of message_log");
  expect(tested.output).toContain("the contract of book");
  expect(tested.status, tested.output).toBe(0);
  expect(services === "1" || !/\bskipped\b/.test(tested.output), tested.output).toBe(true);
});

test("a name that is taken is rejected, and nothing is written", () => {
  expect(() => copyProvider(workspace.root, "example", "thing")).toThrow("The package example already exists.");
  expect(() => copyProvider(workspace.root, "core", "thing")).toThrow("The package core already exists.");
});

test("help tells both templates apart", () => {
  const { status, output } = workspace.script("new-provider.ts", "--help");
  expect(status).toBe(0);
  expect(output).toContain("--files");
  expect(output).toContain("providers/example-http");
});
