import { afterAll, expect, test } from "vitest";
import { WorkspaceCopy } from "../testing/workspace-copy.ts";
import { applyChange, walkThroughIn, writeBlocks } from "./walk-through.ts";

const workspace = new WorkspaceCopy();
afterAll(() => workspace[Symbol.dispose]());

test("the resource type of CONTRIBUTING passes its contract", { timeout: 600_000 }, () => {
  const steps = walkThroughIn(workspace.read("docs/CONTRIBUTING.md"), "Add a resource type");
  expect(steps.files.map(({ path }) => path)).toEqual([
    "providers/example/src/flag.ts",
    "providers/example/src/flag.service.test.ts",
  ]);
  writeBlocks(workspace.root, steps);
  for (const { path, text } of steps.changes) workspace.change(path, (before) => applyChange(before, text));

  // The other rules of `check` need the whole workspace; new-provider.service.test.ts tries them on a copy.
  const files = steps.files.map(({ path }) => path);
  const checks: [string, ...string[]][] = [
    ["tsc", "-p", "."],
    ["oxlint", ...files],
    ["oxfmt", "--check", ...files],
  ];
  for (const [program, ...args] of checks) {
    const { status, output } = workspace.run(program, ...args);
    expect(status, output).toBe(0);
  }

  const outputs = steps.commands.map((command) => {
    const { status, output } = workspace.run(process.execPath, ...scriptOf(command));
    expect(status, `${command}\n${output}`).toBe(0);
    return output;
  });
  expect(outputs.at(-1)).toContain("0 failed");
  expect(outputs.at(-1)).toMatch(/[1-9]\d passed/);
  expect(workspace.read("docs/providers/example.md")).toContain("members.my_flag = {");
  expect(workspace.read("nix/providers/example/generated.nix")).toContain("Whether the file contains `on`.");
});

/** `npm run generate` and `npm test -- PATH` run scripts of these names, with a Node that is here already. */
function scriptOf(command: string): [string, ...string[]] {
  const [, script, rest = ""] = /^npm (?:run )?([a-z-]+)(?: -- (.*))?$/.exec(command) ?? [];
  if (script === undefined)
    throw new Error(`Unable to follow \`${command}\`: it is not one of this workspace's scripts.`);
  return [`integration/scripts/${script}.ts`, ...rest.split(" ").filter((word) => word !== "")];
}
