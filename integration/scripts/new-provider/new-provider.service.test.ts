import { afterAll, expect, test } from "vitest";
import { WorkspaceCopy } from "../testing/workspace-copy.ts";
import { copyProvider } from "./copy.ts";

const workspace = new WorkspaceCopy();
afterAll(() => workspace[Symbol.dispose]());

test("a new provider passes check, and the contract, as it is", { timeout: 300_000 }, () => {
  const written = copyProvider(workspace.root, "my-queue", "message_log");
  expect(written).toContain("providers/my-queue/src/message-log.ts");
  expect(written).toContain("nix/providers/my-queue/default.nix");

  const generated = workspace.script("generate.ts");
  expect(generated.status, generated.output).toBe(0);
  expect(workspace.read("docs/providers/my-queue.md")).toContain("members.my_message_log = {");
  const checked = workspace.script("check.ts");
  expect(checked.status, checked.output).toBe(0);

  const tested = workspace.run("vitest", "run", "providers/my-queue");
  expect(tested.output).toContain("the contract of message_log");
  expect(tested.status, tested.output).toBe(0);
});

test("a name that is taken is refused, and nothing is written", () => {
  expect(() => copyProvider(workspace.root, "example", "thing")).toThrow("The package example already exists.");
  expect(() => copyProvider(workspace.root, "core", "thing")).toThrow("The package core already exists.");
});
