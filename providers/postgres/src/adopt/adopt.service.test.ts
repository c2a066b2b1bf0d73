import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { CallProxy, type Message } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { main } from "../testing/deployment.ts";

const database = "adopting_copy";
const folder = await mkdtemp(join(tmpdir(), "nixops4-adopt-"));
afterAll(() => rm(folder, { recursive: true }));

const markOf = (managedBy: string, type: string): string =>
  `Words.\nnixops4:{"v":1,"managedBy":"${managedBy}","type":"${type}"}`;

/** Runs a command at a terminal, which `script` of bsdutils provides, and answers its question after `meanwhile`. */
async function answerAt(words: readonly string[], text: string, meanwhile?: () => Promise<unknown>) {
  const command = words.map((word) => `'${word}'`).join(" ");
  const terminal = spawn("script", ["-qec", command, "/dev/null"]);
  const closed = once(terminal, "close");
  let output = "";
  await new Promise<void>((resolve) => {
    void closed.then(() => resolve());
    terminal.stdout.setEncoding("utf8").on("data", (part: string) => {
      output += part;
      if (output.includes("[y/N]")) resolve();
    });
  });
  await meanwhile?.();
  terminal.stdin.write(text);
  const [status]: unknown[] = await closed;
  return { status, output };
}

describePostgres("the command `adopt`", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "adopting",
    account: "superuser",
    database: {
      name: database,
      prepare: [
        "create schema app; create schema audit; create schema plain; create extension pg_trgm; create extension citext",
      ],
    },
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const run = (sql: string) => backend().runIn(database, sql);
  /** As after a restore: two objects of production, and one of a third deployment. */
  const restore = () =>
    run(`
      comment on schema app is '${markOf("production", "schema")}';
      comment on extension pg_trgm is '${markOf("production", "extension")}';
      comment on schema audit is '${markOf("reports", "schema")}';
      comment on extension citext is '${markOf("staging", "extension")}'`);
  beforeEach(restore);

  /** The comments that carry a mark, by object. */
  async function comments(): Promise<Message> {
    const rows = await run(`
      select 'schema ' || nspname as object, obj_description(oid, 'pg_namespace') as comment from pg_namespace
      union all select 'extension ' || extname, obj_description(oid, 'pg_extension') from pg_extension
      union all select 'database', shobj_description(oid, 'pg_database') from pg_database where datname = current_database()`);
    const marked = rows.filter(({ comment }) => String(comment).includes("nixops4:"));
    return Object.fromEntries(marked.map(({ object, comment }) => [object, comment]));
  }
  const restored = {
    "schema app": markOf("production", "schema"),
    "extension pg_trgm": markOf("production", "extension"),
    "schema audit": markOf("reports", "schema"),
    "extension citext": markOf("staging", "extension"),
  };
  const adoptedMark = (type: string): string => markOf("staging", type).replace(/}$/, ',"adopted":true}');
  const adopted = { ...restored, "schema app": adoptedMark("schema"), "extension pg_trgm": adoptedMark("extension") };

  function argumentsOf(more: readonly string[], connection: Message = {}): string[] {
    const file = join(folder, "staging.json");
    const inputs = { connection: { ...backend().connection, ...connection }, managedBy: "staging", name: "ignored" };
    writeFileSync(file, JSON.stringify(inputs));
    return [main, "adopt", "--inputs", file, ...more];
  }
  const copy = ["--database", database, "--from", "production"];
  function adopt(...more: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, argumentsOf(more), { encoding: "utf8", input: "" });
    return { status, stdout, stderr };
  }

  test("lists what it adopts and what it leaves, and changes only marks", async () => {
    const { status, stdout, stderr } = adopt(...copy, "--yes");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toBe(`In the database ${database}, 2 objects of production would be managed by staging:

TYPE       NAME
extension  pg_trgm
schema     app

These belong to other deployments, and stay so:

TYPE    NAME   MANAGED BY
schema  audit  reports

Destroying them from staging keeps them, unless \`deletion\` is \`delete\`.
adopted extension pg_trgm
adopted schema app
`);
    expect(await comments()).toEqual(adopted);
    expect(adopt(...copy, "--yes")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Nothing in the database adopting_copy carries the mark of production\.\n\nThese/),
    });
  });

  test("prints JSON, which without --yes is only a list, with exit status 2", async () => {
    const list = {
      database,
      from: "production",
      managedBy: "staging",
      objects: [
        { type: "extension", name: "pg_trgm" },
        { type: "schema", name: "app" },
      ],
      others: [{ type: "schema", name: "audit", managedBy: "reports" }],
    };
    const { status, stdout } = adopt(...copy, "--json");
    expect({ status, ...JSON.parse(stdout) }).toEqual({ status: 2, adopted: false, ...list });
    expect(await comments()).toEqual(restored);
    const done = adopt(...copy, "--json", "--yes");
    expect({ status: done.status, ...JSON.parse(done.stdout) }).toEqual({ status: 0, adopted: true, ...list });
    expect(await comments()).toEqual(adopted);
  });

  test("warns if the database itself carries the mark, and keeps its identity", async () => {
    const more = ',"identity":"shop.example.org"}';
    await run(`comment on database ${database} is '${markOf("production", "database").replace(/}$/, more)}'`);
    const { stdout } = adopt(...copy, "--yes");
    expect(stdout).toContain(
      `The database ${database} itself carries the mark of production. Check that it is the copy`,
    );
    const { database: comment } = await comments();
    expect(comment).toBe(markOf("staging", "database").replace(/}$/, ',"adopted":true,"identity":"shop.example.org"}'));
  });

  const answer = (text: string, meanwhile?: () => Promise<unknown>) =>
    answerAt([process.execPath, ...argumentsOf(copy)], text, meanwhile);

  describe("with a person at the terminal", () => {
    test.each(["n\n", "\n", "\u0004"])("changes nothing after the answer %j", async (text) => {
      const { status, output } = await answer(text);
      expect(output).toContain("Adopt 2 objects? [y/N]");
      expect(output).toContain("Nothing was changed.");
      expect(status).toBe(1);
      expect(await comments()).toEqual(restored);
    });

    test("adopts after the answer `y`", async () => {
      expect((await answer("y\n")).status).toBe(0);
      expect(await comments()).toEqual(adopted);
    });

    test("does not take an object whose mark changes while the person reads", async () => {
      const { status, output } = await answer("y\n", () =>
        run(`comment on schema app is '${markOf("reports", "schema")}'`),
      );
      expect(status).toBe(1);
      expect(output).toContain("[protocol.unsettled] Unable to adopt schema app: its mark was changed since");
      expect(await comments()).toMatchObject({ "schema app": markOf("reports", "schema") });
    });
  });

  /** Runs the command through a proxy, which may kill it. */
  async function adoptVia(proxy: CallProxy, started: (child: ChildProcess) => void = () => undefined): Promise<void> {
    const child = spawn(process.execPath, argumentsOf([...copy, "--yes"], { ...proxy.endpoint }), { stdio: "ignore" });
    started(child);
    await once(child, "close");
  }

  test("is completed by the next run after a kill before any of the calls that write", async () => {
    let calls = 0;
    {
      await using proxy = await CallProxy.start(server());
      await adoptVia(proxy);
      calls = proxy.answered.length;
    }
    const marksSeen = new Set<string>();
    // Each object takes four calls: begin with the lock, read the mark, write it, commit.
    for (let call = calls; call > calls - 8; call--) {
      await restore();
      let kill: (() => void) | undefined;
      const act = (): void => kill?.();
      await using proxy = await CallProxy.start(server(), { call, when: "before", afterwards: "close", act });
      await adoptVia(proxy, (child) => (kill = () => child.kill("SIGKILL")));
      marksSeen.add(JSON.stringify(await comments()));
      expect(adopt(...copy, "--yes").status).toBe(0);
      expect(await comments(), `after a kill before call ${call}`).toEqual(adopted);
    }
    expect(marksSeen.size, "different results of killed runs").toBeGreaterThan(1);
  });

  test.each([
    [
      ["--from", "production"],
      3,
      "Name the database with --database.\nHint: Run `nixops4-resources-postgres adopt --help`",
    ],
    [["--database", database], 3, "Name the deployment in the present marks with --from"],
    [[...copy, "app"], 3, '`adopt` takes no argument "app"'],
    [
      ["--database", database, "--from", "staging"],
      3,
      "are both staging.\nHint: Set `managedBy` to the new deployment",
    ],
    [copy, 3, "Nobody can confirm: stdin is not a terminal.\nHint: Read the list, then add --yes"],
    [["--database", "adopting_none", "--from", "production"], 1, "[postgres.database.missing]"],
  ])("rejects %o", async (args, status, words) => {
    const given = adopt(...args);
    expect(given).toMatchObject({ status, stderr: expect.stringContaining(words) });
    expect(await comments()).toEqual(restored);
  });

  test("explains each argument", () => {
    const { stdout } = spawnSync(process.execPath, [main, "adopt", "--help"], { encoding: "utf8" });
    for (const argument of ["--database NAME", "--from DEPLOYMENT", "-i, --inputs FILE", "--yes", "--json"]) {
      expect(stdout).toMatch(new RegExp(`^  ${argument} +[a-zA-Z]`, "m"));
    }
    expect(stdout).toContain(
      "Example:\n  nixops4-resources-postgres adopt --database shop_copy --from production --inputs staging.json\n",
    );
  });
});
