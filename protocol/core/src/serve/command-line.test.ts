import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const room = join(import.meta.dirname, "../fixtures/room.ts");
const folder = mkdtempSync(join(tmpdir(), "command-line-"));
afterAll(() => rmSync(folder, { recursive: true }));
const inputs = join(folder, "inputs.json");
writeFileSync(inputs, JSON.stringify({ connection: {}, managedBy: "prod", name: "shoes" }));

const run = (args: string[], input = "") => spawnSync(process.execPath, [room, ...args], { input, encoding: "utf8" });

test("--help and --version", () => {
  expect(run(["--help"])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("TYPE is one of: box, moody, store."),
  });
  expect(run(["--version"])).toMatchObject({ status: 0, stdout: "nixops4-resources-room 1.2.3\n" });
});

test("plan and create, with inputs from a file or from stdin", () => {
  const plan = run(["plan", "--type", "box", "--inputs", inputs]);
  expect(JSON.parse(plan.stdout)).toMatchObject({ action: "create" });
  expect(plan.status).toBe(2);
  const create = run(["create", "-t", "box"], JSON.stringify({ connection: {}, managedBy: "prod", name: "hats" }));
  expect(create).toMatchObject({ status: 0, stdout: expect.stringContaining('"litres": 10') });
  expect(create.stderr).toMatch(/^created box hats/);
});

test("list, read, delete and describe", () => {
  expect(JSON.parse(run(["list", "-t", "box", "-i", inputs]).stdout)).toEqual({ resources: [] });
  expect(JSON.parse(run(["read", "-t", "box", "-i", inputs]).stdout)).toMatchObject({ exists: false });
  expect(run(["delete", "-t", "box", "-i", inputs])).toMatchObject({ status: 0, stdout: "{}\n" });
  expect(JSON.parse(run(["describe"]).stdout)).toMatchObject({ provider: { name: "room" } });
});

test.each([
  [["plna", "-t", "box"], "There is no command"],
  [["plan"], "Name the resource type with --type"],
  [["plan", "--tpye", "box"], "Unknown option '--tpye'"],
  [["plan", "-t", "box", "-i", "/nowhere"], "The inputs cannot be read from /nowhere"],
  [["plan", "read", "-t", "box"], "One command at a time"],
])("%o is not understood: %s", (args, words) => {
  const { status, stderr, stdout } = run(args);
  expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
  expect(stderr).toContain(words);
});

test("what fails says why on stderr and exits with 1", () => {
  const { status, stderr } = run(["create", "-t", "box"], "{}");
  expect(status).toBe(1);
  expect(stderr).toContain("[protocol.inputs.invalid] Unable to read inputs of box: `connection` is missing");
});

test("a provider's own commands, which help lists", () => {
  expect(run(["--help"]).stdout).toContain(`
  nixops4-resources-room sweep CORNER [--broom NAME]
      Sweep a corner.

TYPE is one of`);
  expect(run(["sweep", "--help"]).stdout).toBe("nixops4-resources-room sweep CORNER [--broom NAME]\n");
  expect(run(["sweep", "left", "--broom", "mop"])).toMatchObject({ status: 0, stdout: "swept left with mop\n" });
});

test.each([
  [["sweep"], 3, "Name a corner.\nHint: nixops4-resources-room --help lists what there is.\n"],
  [["sweep", "left", "--type", "box"], 3, "Unknown option '--type'"],
  [["sweep", "locked"], 1, "[moody.telling] Unable to run sweep: it is locked.\nHint: Unlock it.\n"],
])("a provider's own command that cannot be run: %o", (args, status, words) => {
  expect(run(args)).toMatchObject({ status, stderr: expect.stringContaining(words) });
});
