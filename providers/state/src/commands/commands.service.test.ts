import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { testCommandHelp } from "@nixops4-resources/protocol-core/testing";
import { afterAll, expect, test } from "vitest";
import { makePerson } from "../testing/people.ts";
import { nextHash, type SealedEvent } from "../history/chain.ts";
import { add, applyState, namesIn, readOnly, Run, type StateInputs } from "../testing/run.ts";
import { useStates } from "../testing/state-inputs.ts";
import { main } from "../testing/states.ts";
import commands from "./commands.ts";

const alice = await makePerson();
const folder = await mkdtemp(join(tmpdir(), "nixops4-state-"));
afterAll(() => rm(folder, { recursive: true }));
let files = 0;
const newFile = (): string => join(folder, `file${files++}`);

/** Runs the command line as an operator does. */
async function command(inputs: StateInputs, ...args: string[]) {
  const file = newFile();
  await writeFile(file, JSON.stringify(inputs));
  return await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [main, ...args, "--inputs", file], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

const json = async (inputs: StateInputs, ...args: string[]): Promise<unknown> =>
  JSON.parse((await command(inputs, ...args, "--json")).stdout);

testCommandHelp(commands);

describePostgres("the command line of a state", (server) => {
  const schema = "statecommands";
  const { backend, inputs } = useStates(schema, server, [alice]);
  const make = async (names: readonly string[]): Promise<void> => {
    await applyState(inputs());
    const run = await Run.open(inputs());
    for (const name of names) run.send(add(name, { type: name, input_properties: { n: 1 }, output_properties: {} }));
    for (const _ of names) await run.answer();
    await run.append([{ op: "replace", path: "/resources/db/input_properties/n", value: 2 }], "update");
    await run.end();
  };

  test("shows with log who wrote what and when", async () => {
    await make(["db", "web"]);
    const { stdout, code } = await command(inputs(), "log");
    const lines = stdout.trimEnd().split("\n");
    const who = `statecommands_superuser \\S+@\\S+ 127.0.0.1`;
    const time = "20..-..-..T..:..:..Z";
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(new RegExp(`^0  ${time}  init +${who}  \\(everything\\)$`));
    expect(lines[1]).toMatch(new RegExp(`^1  ${time}  create  ${who}  db$`));
    expect(lines[3]).toMatch(new RegExp(`^3  ${time}  update  ${who}  db$`));
    expect(code).toBe(0);
    expect((await command(inputs(), "log", "--last", "1")).stdout).toBe(`${lines[3]}\n`);
  });

  test("prints results as JSON with --json", async () => {
    await make(["db", "web"]);
    expect(await json(inputs(), "log", "--last", "1")).toEqual([
      {
        index: 3,
        at: expect.stringMatching(/^20.*Z$/),
        event: "update",
        recordedAt: expect.any(String),
        actor: "statecommands_superuser",
        address: "127.0.0.1",
        application: expect.any(String),
        changed: ["db"],
      },
    ]);
    expect(await json(inputs(), "diff", "1", "3")).toEqual([
      { path: "/resources/db/input_properties/n", before: 1, after: 2 },
      { path: "/resources/web/input_properties/n", after: 1 },
      { path: "/resources/web/output_properties", after: {} },
      { path: "/resources/web/type", after: "web" },
    ]);
    const counts = { events: 4, snapshots: 0, dataKeys: 1 };
    expect(await json(inputs(), "verify")).toEqual({ intact: true, flaws: [], ...counts, lastEvent: 3 });
    expect(await json(inputs(), "forget", "web")).toEqual({ member: "web", forgotten: true });
    expect(await json(inputs(), "compact", "--keep", "1")).toEqual({ moved: 4, upTo: 3, kept: 1 });
  });

  test("shows current and earlier documents with show, and changes with diff", async () => {
    await make(["db", "web"]);
    const shown = await command(inputs(), "show");
    expect(JSON.parse(shown.stdout)).toEqual(await readOnly(inputs()));
    expect(namesIn(JSON.parse((await command(inputs(), "show", "--at", "1")).stdout))).toEqual(["db"]);
    expect(await command(inputs(), "diff", "1", "3")).toEqual({
      code: 2,
      stderr: "",
      stdout:
        '~ /resources/db/input_properties/n 1 -> 2\n+ /resources/web/input_properties/n 1\n+ /resources/web/output_properties {}\n+ /resources/web/type "web"\n',
    });
    expect(await command(inputs(), "diff", "3", "3")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await command(inputs(), "show", "--at", "4")).stderr).toContain(
      "[state.unreachableIndex] Unable to run show: event 4 does not exist: the history has events 0 to 3.",
    );
    expect(await command(inputs(), "diff", "1")).toMatchObject({ code: 3 });
    expect(await command(inputs(), "show", "--at", "soon")).toMatchObject({ code: 3 });
  });

  test("reports an intact history with verify, and each change", async () => {
    await make(["db", "web"]);
    expect(await command(inputs(), "verify")).toEqual({
      code: 0,
      stderr: "",
      stdout: "intact: 4 events, 0 snapshots and 1 data keys, up to event 3\n",
    });
    await backend().run(`
      set session_replication_role = replica;
      update ${schema}.event set sealed = set_byte(sealed, 70, get_byte(sealed, 70) # 1) where index = 1;
      update ${schema}.event set event = 'create' where index = 3;
      update ${schema}.state set head = 2;
      reset session_replication_role`);
    const { code, stdout } = await command(inputs(), "verify");
    expect(code).toBe(1);
    const [one, three, head, summary] = stdout.split("\n");
    expect(one).toBe("event 1 was changed after it was written");
    expect(three).toBe("event 3 was changed after it was written");
    expect(head).toBe("the head says that the last event is 2, but it is 3");
    expect(summary).toBe("DAMAGED in 3 places: 4 events, 0 snapshots and 1 data keys, up to event 2");
  });

  test.each([
    ["event", "'destroy'"],
    ["nixops_version", "'9'"],
    ["at", "at - interval '1 day'"],
    ["at", "at + interval '1 microsecond'"],
    ["actor", "'mallory'"],
    ["client_address", "'10.0.0.9'"],
    ["client_address", "null"],
    ["application", "'nixops4-resources-state mallory@laptop'"],
  ])("reports a changed %s of an event: %s", async (column, value) => {
    await make(["db"]);
    const change = (index: number, more = "") =>
      backend().run(`
        set session_replication_role = replica; update ${schema}.event set ${column} = ${value} where index = ${index};
        ${more} reset session_replication_role`);
    await change(1);
    expect(await command(inputs(), "verify")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^event 1 was changed after it was written\nDAMAGED in 1 places/),
    });
    await expect(readOnly(inputs())).rejects.toThrow("[state.damaged]");
  });

  test("reports a changed actor even if the hashes fit", async () => {
    await make(["db"]);
    const read = `select index, event, nixops_version as "nixopsVersion", sealed, hash, actor, host(client_address) as address, application,
      to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from ${schema}.event where index >= 1 order by index`;
    const [before, last] = await backend().run<SealedEvent>(read);
    if (before === undefined || last === undefined) throw new Error("Two events are missing.");
    expect(nextHash(before, last)).toEqual(last.hash);
    const hash = `'\\x${nextHash(before, { ...last, actor: "mallory" }).toString("hex")}'`;
    await backend().run(`
      set session_replication_role = replica;
      update ${schema}.event set actor = 'mallory', hash = ${hash} where index = 2;
      update ${schema}.state set head_hash = ${hash}; reset session_replication_role`);
    expect((await command(inputs(), "verify")).stdout).toMatch(/^event 2: event 2 cannot be trusted: /);
  });

  const insert = (given: string): string => `
    insert into ${schema}.event (state, index, event, nixops_version, data_key, sealed, hash, actor, client_address, application, at)
    select state, 9, event, nixops_version, data_key, sealed, hash, ${given} from ${schema}.event where index = 2`;

  test.each([
    ["another actor", "'mallory', inet_client_addr(), current_setting('application_name'), now()", "another writer"],
    ["another address", "session_user, '10.0.0.9', current_setting('application_name'), now()", "another writer"],
    ["no address", "session_user, null, current_setting('application_name'), now()", "another writer"],
    ["another application", "session_user, inet_client_addr(), 'psql', now()", "another writer"],
    [
      "a past time",
      "session_user, inet_client_addr(), current_setting('application_name'), now() - interval '61 s'",
      "minute",
    ],
    [
      "a later time",
      "session_user, inet_client_addr(), current_setting('application_name'), now() + interval '61 s'",
      "minute",
    ],
  ])("rejects an event with %s", async (_what, values, reason) => {
    await make(["db"]);
    await expect(backend().run(insert(values))).rejects.toThrow(reason);
    await backend().run(insert("session_user, inet_client_addr(), current_setting('application_name'), now()"));
  });

  test("forgets a member with forget, so that its create works again", async () => {
    await make(["db", "web"]);
    const inner = { resources: { web: { type: "x", input_properties: {}, output_properties: {} } }, deployments: {} };
    const run = await Run.open(inputs());
    await run.append([{ op: "add", path: "/deployments/site", value: inner }]);
    await run.end();

    for (const member of ["db", "site.web"]) {
      expect(await command(inputs(), "forget", member)).toEqual({
        code: 0,
        stderr: "",
        stdout: `forgot ${member}: the next apply sends a create request, which finds the existing object by its mark or creates a new one\n`,
      });
    }
    expect(await readOnly(inputs())).toMatchObject({
      resources: { web: {} },
      deployments: { site: { resources: {} } },
    });
    expect(namesIn(await readOnly(inputs()))).toEqual(["web"]);
    expect((await command(inputs(), "log", "--last", "2")).stdout).toMatch(/ forget .* db\n.* forget .* site\.web\n$/);

    const next = await Run.open(inputs());
    await next.append(add("db"));
    await next.end();
    expect(namesIn(await readOnly(inputs()))).toEqual(["web", "db"]);
    expect(await command(inputs(), "verify")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^intact: 8 events/),
    });
  });

  test("forgets no member while another run writes, and none that is not there", async () => {
    await make(["db", "web"]);
    const run = await Run.open(inputs());
    expect((await command(inputs(), "forget", "db")).stderr).toContain("[state.locked] Unable to run forget: ");
    await run.end();
    const near = await command(inputs(), "forget", "wep");
    expect(near).toMatchObject({ code: 1, stdout: "" });
    expect(near.stderr).toContain("[state.member.missing] Unable to run forget: the state has no member wep.");
    expect(near.stderr).toContain("Did you mean `web`?");
    expect((await command(inputs(), "forget", "something")).stderr).toContain("Name one of its members: db, web");
    expect(await command(inputs(), "forget")).toMatchObject({ code: 3 });
    expect(namesIn(await readOnly(inputs()))).toEqual(["db", "web"]);
  });

  test("rejects a name that two members have", async () => {
    await make(["db"]);
    const entry = { type: "x", input_properties: {}, output_properties: {} };
    const run = await Run.open(inputs());
    await run.append([
      { op: "add", path: "/resources/site.web", value: entry },
      { op: "add", path: "/deployments/site", value: { resources: { web: entry }, deployments: {} } },
    ]);
    await run.end();
    expect((await command(inputs(), "forget", "site.web")).stderr).toContain("[state.member.ambiguous]");
  });

  test("ends only the named session with unlock; its run continues if nobody else has written", async () => {
    await make(["db"]);
    const run = await Run.open(inputs());
    const { stderr } = await new Run(inputs()).read().then(
      () => ({ stderr: "" }),
      (error: unknown) => ({ stderr: String(error) }),
    );
    const [, holder = ""] = /--holder (\S+)`/.exec(stderr) ?? [];
    const refused = await command(inputs(), "unlock", "--holder", "12345.1");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("[state.unlock] Unable to run unlock: another session has its lock: ");
    const ended = await command(inputs(), "unlock", "--holder", holder);
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ended the session of \S+@\S+ \(/) });
    expect((await command(inputs(), "unlock", "--holder", holder)).stderr).toContain("no session has its lock");
    await run.append(add("more"));
    await run.end();
    expect(namesIn(await readOnly(inputs()))).toEqual(["db", "more"]);
  });

  test("exports an imported state_file exactly, and shows the times of its events with log", async () => {
    const text = `{
  "index": 0,
  "meta": {
    "time": "2019-03-04T07:40:00Z"
  },
  "patch": [
    {
      "op": "add",
      "path": "",
      "value": {
        "_type": "nixopsState",
        "resources": {},
        "deployments": {}
      }
    }
  ]
}
{
  "index": 0,
  "meta": {
    "time": "2019-03-04T07:41:00.123456789Z",
    "event": "create"
  },
  "patch": [
    {
      "op": "add",
      "path": "/resources/a",
      "value": {
        "type": "x",
        "inputProperties": {
          "f": 1.0,
          "n": 9223372036854775807
        },
        "output_properties": {}
      }
    }
  ]
}
`;
    const [file, again] = [newFile(), newFile()];
    await writeFile(file, text);
    expect(await command(inputs(), "import", file)).toEqual({
      code: 0,
      stderr: "",
      stdout: "imported 2 events into state prod\n",
    });
    expect((await command(inputs(), "export")).stdout).toBe(text);
    expect(await command(inputs(), "export", "--file", again)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await readFile(again, "utf8")).toBe(text);
    expect((await stat(again)).mode & 0o777).toBe(0o600);
    expect((await command(inputs(), "export", "--file", again)).stderr).toContain("[state.file.unusable]");
    const times = (await command(inputs(), "log")).stdout.matchAll(/^\d  (\S+)/gm);
    expect([...times].map(([, time]) => time)).toEqual(["2019-03-04T07:40:00Z", "2019-03-04T07:41:00Z"]);
    // The state resource is unchanged, and the next run continues from the import.
    await applyState(inputs());
    const run = await Run.open(inputs());
    await run.append(add("b"));
    await run.end();
    const exported = (await command(inputs(), "export")).stdout;
    expect(exported.startsWith(text)).toBe(true);
    await writeFile(newFile(), exported);
    expect((await command(inputs(), "import", file)).stderr).toContain(
      "[state.exists] Unable to run import: the state prod already exists.",
    );
  });

  test.each([
    ["no file", undefined, "state.file.unusable"],
    ["an event cut off", '{"index":0,"meta":{"time":"t"},"patch":[]', "state.file.damaged"],
    ["a file without a state", '{"index":0,"meta":{"time":"t"},"patch":[]}', "state.file.damaged"],
    [
      "a patch that does not apply",
      '{"index":0,"meta":{"time":"t"},"patch":[{"op":"remove","path":"/a"}]}',
      "state.file.damaged",
    ],
  ])("rejects %s on import, and creates nothing", async (_what, text, code) => {
    const file = newFile();
    if (text !== undefined) await writeFile(file, text);
    expect((await command(inputs(), "import", file)).stderr).toContain(`[${code}] Unable to run import: ${file}`);
    await expect(readOnly(inputs())).rejects.toThrow("[state.missing]");
  });

  test("moves old events to the archive with compact, and everything still works", async () => {
    const names = Array.from({ length: 120 }, (_, index) => (index === 0 ? "db" : `r${index}`));
    await make(names);
    const before = (await command(inputs(), "export")).stdout;
    expect((await command(inputs(), "compact", "--keep", "10")).stdout).toBe(
      "moved 112 events to the archive, up to event 111; 10 are kept\n",
    );
    const counts = `select (select count(*)::int from ${schema}.event) as events,
      (select count(*)::int from ${schema}.event_archive) as archived, (select array_agg(index) from ${schema}.snapshot) as snapshots`;
    expect(await backend().run(counts)).toEqual([{ events: 10, archived: 112, snapshots: [111] }]);
    expect(namesIn(await readOnly(inputs()))).toEqual(names);
    expect((await command(inputs(), "export")).stdout).toBe(before);
    expect((await command(inputs(), "verify")).stdout).toMatch(/^intact: 122 events, 1 snapshots/);
    const run = await Run.open(inputs());
    await run.append(add("more"));
    await run.end();

    // After the archive was emptied, the history begins with the snapshot.
    await backend().run(`
      set session_replication_role = replica; delete from ${schema}.event_archive; reset session_replication_role`);
    expect(await command(inputs(), "verify")).toMatchObject({ code: 0 });
    expect(namesIn(await readOnly(inputs()))).toEqual([...names, "more"]);
    expect((await command(inputs(), "compact", "--keep", "10")).stdout).toContain("moved 1 events");
    expect((await command(inputs(), "compact")).stdout).toContain("nothing to move");
  });
});
