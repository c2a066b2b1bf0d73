import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { Secret } from "@nixops4-resources/protocol-core";
import { Deployment, testCommandHelp } from "@nixops4-resources/protocol-core/testing";
import { newSecret } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, beforeEach, expect, test } from "vitest";
import { PostgresStoreBackend } from "../testing/postgres-store-backend.ts";
import { DirectoryBackend } from "../testing/directory-backend.ts";
import { usePrograms } from "../testing/programs.ts";
import commands from "./commands.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const backend = await DirectoryBackend.make();
const folder = await mkdtemp(join(tmpdir(), "nixops4-commands-"));
const connection = join(folder, "connection.json");
const deployment = new Deployment(main, backend.connection);
const { run: runProgram } = usePrograms({ "ssh-keygen": "openssh-client" });

beforeEach(async () => {
  await backend.reset();
  writeFileSync(connection, JSON.stringify(backend.connection));
});
afterAll(async () => {
  await backend[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function run(args: readonly string[], input = "") {
  const [command = "", ...rest] = args;
  const all = [main, command, ...rest, "--connection", connection];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { input, encoding: "utf8" });
  return { status, stdout, stderr };
}

const json = (args: readonly string[], input = ""): unknown => JSON.parse(run([...args, "--json"], input).stdout);

const declared = { name: "shop/db", generator: { password: { length: 20 } } };

test("inventory and show print everything about a secret but its value", async () => {
  await deployment.create("secret", declared);
  const value = await backend.valueOf("shop/db");
  const { status, stdout } = run(["inventory"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^NAME +VERSION +GENERATOR +MANAGED BY +CREATED \(UTC\) +EXPIRES \(UTC\)\n/);
  expect(stdout).toMatch(/^shop\/db +1 +password +shop +\d{4}-\d\d-\d\d \d\d:\d\d$/m);
  const shown = run(["show", "shop/db"]);
  expect(JSON.parse(shown.stdout)).toMatchObject({ name: "shop/db", current: { version: 1, generation: 1 } });
  expect(stdout + shown.stdout).not.toContain(value);
});

test("prints the unchanged value with show --reveal", async () => {
  await deployment.create("secret", { name: "web/key", generator: { sshKey: {} } });
  const { status, stdout } = run(["show", "web/key", "--reveal"]);
  expect(status).toBe(0);
  expect(stdout).toBe(await backend.valueOf("web/key"));
});

test("adds a version with rotate, and outputs it on the next apply", async () => {
  const first = await deployment.create("secret", declared);
  const old = await backend.valueOf("shop/db");
  const { status, stdout } = run(["rotate", "shop/db"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^shop\/db has version 2\. Version 1 can be read until .* UTC; apply before\. If its resource has a state, raise its `generation` first\.\n$/,
  );
  expect(await backend.valueOf("shop/db")).toMatch(/^[\w-]{20}$/);
  expect(await backend.valueOf("shop/db")).not.toBe(old);
  const second = await deployment.create("secret", declared);
  expect([second.outcome, second.outputs["version"]]).toEqual(["unchanged", 2]);
  expect(second.outputs["ref"]).not.toEqual(first.outputs["ref"]);
});

test("refuses to rotate imported and derived values", async () => {
  await backend.byHand((store) => store.create(newSecret("imported", { specification: {} })));
  expect(run(["rotate", "imported"])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("[secrets.rotate.impossible]"),
  });
  const { outputs } = await deployment.create("secret", declared);
  const hash = { name: "hash", generator: { bcrypt: { cost: 4, source: outputs["ref"] } } };
  await deployment.create("secret", hash);
  expect(run(["rotate", "hash"]).stderr).toContain("it is derived from a source");
  expect(run(["rotate", "nobody"]).stderr).toContain("[secrets.name.unknown]");
});

test("re-encrypts all or the named secrets to the declared recipients with rewrap", async () => {
  const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  await deployment.create("secret", { ...declared, recipients: [recipient] });
  await deployment.create("secret", { ...declared, name: "shop/other" });
  const value = await backend.valueOf("shop/db");
  const before = await backend.writes();
  const { status, stdout } = run(["rewrap"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^shop/db is encrypted to ${recipient}, age1\\w+\nshop/other is encrypted to age1\\w+\n$`),
  );
  expect(await backend.writes()).not.toEqual(before);
  expect(await backend.valueOf("shop/db")).toBe(value);
  expect(run(["rewrap", "shop/other"]).stdout).toMatch(/^shop\/other [^\n]*\n$/);
});

test("shows ages and readable versions with audit, and reports expiry by the exit status", async () => {
  await deployment.create("secret", declared);
  run(["rotate", "shop/db"]);
  const { status, stdout } = run(["audit"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^shop\/db +2 +0 .* current$/m);
  expect(stdout).toMatch(/^shop\/db +1 +0 .* replaced, readable until \d{4}-/m);
  await backend.byHand((store) => store.create(newSecret("old", { expiresAt: "2020-01-01T00:00:00.000Z" })));
  expect(run(["audit", "old"])).toMatchObject({
    status: 2,
    stdout: expect.stringContaining("EXPIRED 2020-01-01 00:00"),
  });
  expect(run(["audit", "shop/db"]).status).toBe(0);
});

describePostgres("audit of a store in a database", (server) => {
  const make = PostgresStoreBackend.prepare("secretaudit");
  test("shows who read which value, when and for what purpose", async () => {
    await using database = await make(server());
    await database.reset();
    await database.byHand((store) => store.create(newSecret("shop/db")));
    writeFileSync(connection, JSON.stringify(database.connection));
    expect(run(["show", "shop/db", "--reveal"]).status).toBe(0);
    const { status, stdout } = run(["audit", "shop/db"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^shop\/db +1 +0 .* current$/m);
    expect(stdout).toMatch(/^READ \(UTC\) +NAME +VERSION +BY +FROM +FOR$/m);
    expect(stdout).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d +shop\/db +1 +secretaudit_admin +127\.0\.0\.1\S* +shown by nixops4-resources-secrets show$/m,
    );
  });
});

test("imports a value from stdin, which a resource adopts and keeps", async () => {
  expect(run(["import", "shop/db"], "imported\n")).toMatchObject({ status: 0, stderr: "" });
  expect(await backend.valueOf("shop/db")).toBe("imported\n");
  expect((await deployment.create("secret", declared)).error).toContain("[protocol.ownership.unmarked]");
  expect((await deployment.create("secret", { ...declared, adopt: true })).outcome).toBe("adopted");
  expect(await backend.valueOf("shop/db")).toBe("imported\n");
  expect(run(["import", "shop/db"], "again")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("[secrets.import.exists]"),
  });
});

test("imports a value from a reference, with the public half of an SSH key", async () => {
  const key = join(folder, "host-key");
  runProgram("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key]);
  expect(run(["import", "web/key", "--from", JSON.stringify({ file: key })]).status).toBe(0);
  const wanted = { name: "web/key", hostNames: ["web.example.org"], adopt: true };
  const { outcome, outputs } = await deployment.create("ssh_host_key", wanted);
  expect(outcome).toBe("adopted");
  expect(outputs["publicKey"]).toBe(runProgram("ssh-keygen", ["-y", "-f", key]));
  // Without its last newline the key file would be invalid.
  expect(await backend.valueOf("web/key")).toMatch(/-----END OPENSSH PRIVATE KEY-----\n$/);
});

test("prints results as JSON with --json", async () => {
  await deployment.create("secret", declared);
  const shown = { name: "shop/db", mark: { managedBy: "shop" }, current: { version: 1 } };
  expect(json(["inventory"])).toMatchObject([shown]);
  expect(json(["rotate", "shop/db"])).toEqual({
    name: "shop/db",
    version: 2,
    previous: { version: 1, readableUntil: expect.stringMatching(/^\d{4}-.*Z$/) },
  });
  expect(json(["audit"])).toMatchObject({ secrets: [{ current: { version: 2 } }], accesses: null });
  expect(json(["rewrap"])).toEqual([{ name: "shop/db", encryptedTo: [expect.stringMatching(/^age1/)] }]);
  expect(json(["import", "other"], "value")).toEqual({ name: "other", place: expect.stringContaining("the folder /") });
});

testCommandHelp(commands);

test.each([
  [["show"], "Name the secret"],
  [["show", "a", "b"], "Name one secret"],
  [["inventory", "a"], "`inventory` takes no name"],
  [["import", "a", "--from", "{"], "--from takes a secret reference in JSON"],
  [["import", "a", "--from", '{"flie":"/x"}'], "--from takes an object with exactly one of `file`"],
  [["import", "a"], "Stdin is empty; pipe the value into it"],
])("reports a usage error for %j", (args, message) => {
  const { status, stderr } = run(args);
  expect(stderr).toContain(message);
  expect(status).toBe(3);
});

test("reports a wrong connection like that of a resource", () => {
  writeFileSync(connection, JSON.stringify({ store: { directory: { folder: "relative" } } }));
  const { status, stderr } = run(["inventory"]);
  expect(status).toBe(1);
  expect(stderr).toContain("[protocol.inputs.invalid]");
  expect(stderr).toContain("`store.directory.folder`");
});

test("shows an imported value in no message", async () => {
  const value = "canary-imported";
  await backend.byHand((store) => store.create(newSecret("shop/db", { value: new Secret(value), specification: {} })));
  const all = [["inventory"], ["show", "shop/db"], ["rotate", "shop/db"], ["rewrap"], ["audit"], ["import", "shop/db"]];
  for (const args of all) {
    const { stdout, stderr } = run(args, value);
    expect(stdout + stderr, args.join(" ")).not.toContain(value);
  }
});
