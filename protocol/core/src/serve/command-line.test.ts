import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Command, Commands } from "./command.ts";
import { loadCommands } from "./own-commands.ts";

const room = join(import.meta.dirname, "../fixtures/room.ts");
const folder = mkdtempSync(join(tmpdir(), "command-line-"));
afterAll(() => rmSync(folder, { recursive: true }));
const inputs = join(folder, "inputs.json");
writeFileSync(inputs, JSON.stringify({ connection: {}, managedBy: "prod", name: "shoes" }));

const run = (args: string[], input = "") => spawnSync(process.execPath, [room, ...args], { input, encoding: "utf8" });
const own: Command = { usage: "", summary: "sweep", explained: {}, example: "", run: () => Promise.resolve(0) };
const shoes = ["--type", "box", "--inputs", inputs];

test("prints the help and the version", () => {
  const { status, stdout } = run(["--help"]);
  expect(status).toBe(0);
  expect(stdout).toContain("  -t, --type TYPE    box, moody, store\n");
  expect(stdout).toContain("\nCommands of this provider:\n  sweep CORNER [--broom NAME]\n      sweep a corner\n");
  expect(run(["--version"])).toMatchObject({ status: 0, stdout: "nixops4-resources-room 1.2.3\n" });
});

test("finishes quietly if its reader has enough", () => {
  const command = `"$0" "$1" describe | head -c 1; exit "\${PIPESTATUS[0]}"`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command, process.execPath, room], { encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "{", stderr: "" });
});

test("names a full disk", () => {
  const command = `"$0" "$1" describe > /dev/full`;
  const { status, stderr } = spawnSync("bash", ["-c", command, process.execPath, room], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^\[protocol\.system\.full\] Unable to run describe: write: no space is left \(ENOSPC\)\.\nHint: /,
  );
});

test.each(["plan", "read", "list", "create", "update", "delete", "describe"])("prints the help of %s", (verb) => {
  const overview = run(["--help"]).stdout;
  const { status, stdout } = run([verb, "--help"]);
  expect(status).toBe(0);
  expect(overview).toMatch(new RegExp(`^  ${verb} `, "m"));
  expect(stdout).toMatch(new RegExp(`^nixops4-resources-room ${verb}\\b`));
  expect(stdout.includes("--json")).toBe(["plan", "read", "list"].includes(verb));
  expect(stdout.includes("--inputs FILE")).toBe(verb !== "describe");
  expect(stdout.includes("  deleted ")).toBe(verb === "delete");
  expect(stdout.includes("  created ")).toBe(verb === "create" || verb === "update");
});

test.each([
  ["list", { connection: {}, managedBy: "my-deployment" }],
  ["plan", { connection: {}, managedBy: "my-deployment", name: "shoes" }],
])("shows an example of %s that works", (verb, content) => {
  const { stdout } = run([verb, "--type", "box", "--help"]);
  const [, command = "", file = "", text = ""] =
    /\nExample:\n {2}nixops4-resources-room (.*--inputs (.*))\n\n\2 contains:\n([^]*?)\n\n/.exec(stdout) ?? [];
  expect(JSON.parse(text)).toEqual(content);
  writeFileSync(join(folder, file), text);
  const { stderr } = spawnSync(process.execPath, [room, ...command.split(" ")], { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
});

describe("text for people", () => {
  test("plan shows the inputs of an object that it would create", () => {
    expect(run(["plan", ...shoes])).toMatchObject({
      status: 2,
      stdout: 'Would create box shoes with:\n  name: "shoes"\n  size: 10\n  colour: "red"\n',
    });
  });

  test("read says that an object does not exist", () => {
    expect(run(["read", ...shoes])).toMatchObject({ status: 0, stdout: "box shoes does not exist.\n" });
  });

  test("list says that no object carries the mark", () => {
    const { stdout } = run(["list", ...shoes]);
    expect(stdout).toBe("No box carries the mark of deployment prod.\n");
    const moody = run(["list", "-t", "moody", "-i", inputs]);
    expect(moody.stdout).toBe("Resources of type moody carry no mark, so they cannot be listed.\n");
  });

  test("delete says that the object did not exist", () => {
    const { status, stdout, stderr } = run(["delete", ...shoes]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "{}\n" });
    expect(stderr).toMatch(
      /^box shoes does not exist, so there is nothing to delete\nunchanged box shoes \(\d\.\d\d s\)\n$/,
    );
  });
});

test("prints JSON with --json, and the outputs of a create", () => {
  expect(JSON.parse(run(["plan", ...shoes, "--json"]).stdout)).toMatchObject({ action: "create", reason: null });
  expect(JSON.parse(run(["list", ...shoes, "--json"]).stdout)).toEqual({ resources: [] });
  expect(JSON.parse(run(["read", ...shoes, "--json"]).stdout)).toMatchObject({ exists: false });
  expect(JSON.parse(run(["describe"]).stdout)).toMatchObject({ provider: { name: "room" } });
  const create = run(["create", "-t", "box"], JSON.stringify({ connection: {}, managedBy: "prod", name: "hats" }));
  expect(create).toMatchObject({ status: 0, stdout: expect.stringContaining('"litres": 10') });
  expect(create.stderr).toMatch(/^created box hats/);
});

test.each([
  [["plna", "-t", "box"], 'Unknown command "plna".\nHint: Did you mean `plan`?\n'],
  [["--"], "Name a command.\nHint: Run `nixops4-resources-room --help`.\n"],
  [["plan"], "Name the resource type with --type.\nHint: Run `nixops4-resources-room plan --help`.\n"],
  [["plan", "--tpye", "box"], "Unknown option '--tpye'.\nHint"],
  [
    ["plan", "-t", "box", "-i", "/nowhere"],
    "Unable to read inputs: /nowhere does not exist.\nHint: Create it, or set another path.",
  ],
  [["plan", "read", "-t", "box"], '`plan` takes no argument "read"'],
  [["-t", "box", "plan"], "Name the command before its options"],
  [["create", ...shoes, "--json"], "Unknown option '--json'"],
  [["describe", "-t", "box"], "Unknown option '-t'"],
])("rejects %o: %s", (args, words) => {
  const { status, stderr, stdout } = run(args);
  expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
  expect(stderr).toContain(words);
});

test("rejects inputs that are no JSON object", () => {
  expect(run(["plan", "-t", "box"], "{\n canary").stderr).toBe(
    "Unable to read stdin: it is not valid JSON (line 2 column 2).\n" +
      "Hint: Name a readable file that contains a JSON object.\n",
  );
  expect(run(["plan", "-t", "box"], "canary").stderr).toContain("Unable to read stdin: it is not valid JSON.\nHint");
  expect(run(["plan", "-t", "box"], "[]")).toMatchObject({
    status: 3,
    stderr: expect.stringContaining("Unable to read stdin: it does not contain a JSON object.\nHint"),
  });
});

test("exits with 1 and the reason on stderr if the request fails", () => {
  const { status, stderr } = run(["create", "-t", "box"], "{}");
  expect(status).toBe(1);
  expect(stderr).toContain("[protocol.inputs.invalid] Unable to read inputs of box: `connection` is missing");
});

describe("a provider's own command", () => {
  test("runs, and prints its help", () => {
    expect(run(["sweep", "--help"]).stdout).toBe(`nixops4-resources-room sweep CORNER [--broom NAME]

Sweep a corner.

  CORNER        corner to sweep, such as left
  --broom NAME  broom to use; by default the one at hand

Example:
  nixops4-resources-room sweep left --broom mop
`);
    expect(run(["sweep", "left", "--broom", "mop"])).toMatchObject({ status: 0, stdout: "swept left with mop\n" });
  });

  test("is not taken for the value of an option", () => {
    writeFileSync(join(folder, "sweep"), JSON.stringify({ connection: {}, managedBy: "prod", name: "shoes" }));
    const args = [room, "plan", "--inputs", "sweep", "--type", "box"];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect(stdout).toContain("Would create box shoes");
  });

  test.each([
    [["sweep"], 3, "Name a corner.\nHint: Run `nixops4-resources-room sweep --help`.\n"],
    [["sweep", "left", "--type", "box"], 3, "Unknown option '--type'"],
    [["sweep", "locked"], 1, "[moody.telling] Unable to run sweep: it is locked.\nHint: Unlock it.\n"],
  ])("reports why it cannot run: %o", (args, status, words) => {
    expect(run(args)).toMatchObject({ status, stderr: expect.stringContaining(words) });
  });

  test.each(["list", "delete", "stateRead", "describe"])("must not have the reserved name %s", async (name) => {
    const load = async () => ({ default: { [name]: own } });
    await expect(loadCommands({ name: "room", commands: load })).rejects.toThrow(
      `a command of nixops4-resources-room has the name of a verb or a request: \`${name}\``,
    );
  });

  test("must not have a reserved name in its type", () => {
    // @ts-expect-error -- `list` is a verb
    const commands: Commands = { list: own };
    expect(Object.keys(commands)).toEqual(["list"]);
  });
});
