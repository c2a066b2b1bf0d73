import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateX25519Identity } from "age-encryption";
import { expect, test } from "vitest";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { JsonObject } from "../json.ts";
import type { RecordedMember } from "../recording/recording.ts";
import { note, requestsIn } from "../testing/recordings.ts";
import { hasSaid, hasStarted, pressCtrlC, recorded, run, start } from "../testing/runs.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const main = fileURLToPath(new URL("../../../providers/state/dist/main.cjs", import.meta.url));

describePostgres("a state", (server) => {
  test("is continued by the next apply", async () => {
    const state = await newState(server(), "goes-on");
    const first = await recorded((log) => [state, stateful("a", log, { text: "one" })]);
    expect((await run("apply", "--recording", first.file)).stderr).toMatch(
      /state: created .*\na: created .*\n2 created/,
    );
    const again = await run("apply", "--recording", first.file);
    expect(again.stderr).toMatch(/state: unchanged .*\na: unchanged .*\n2 unchanged/);
    expect(await asked(first.requestLog)).toEqual(["createResourceRequest"]);

    const second = await recorded((log) => [state, stateful("a", log, { text: "two" })]);
    expect((await run("apply", "--recording", second.file)).stderr).toMatch(/a: updated/);
    const [update] = await requestsIn(second.requestLog);
    expect(update?.request).toMatchObject({
      updateResourceRequest: {
        resource: { inputProperties: { text: "one" }, outputProperties: { text: "one" } },
        inputProperties: { text: "two" },
      },
    });
  });

  test("records the members that an interrupted apply finishes", async () => {
    const state = await newState(server(), "interrupted");
    const { file, requestLog, openGate } = await recorded((log, folder) => [
      state,
      stateful("a", log, { until: join(folder, "gate") }),
      stateful("b", log, { text: "@text of a@" }),
    ]);
    const { child, ended } = start("apply", "--recording", file);
    await hasStarted(requestLog, 1);
    pressCtrlC(child);
    await hasSaid(child, "Interrupted");
    await openGate();
    const { stderr, status } = await ended;
    expect(stderr).toMatch(/a: created \(.*\nb: skipped, the run was interrupted\n2 created, 1 skipped/);
    expect(status).toBe(130);
    expect((await run("apply", "--recording", file)).stderr).toMatch(/a: unchanged .*\nb: created/);
  });

  test("is locked for another apply, which reports the writer", async () => {
    const state = await newState(server(), "locked");
    const members = (log: string, folder: string) => [state, stateful("a", log, { until: join(folder, "gate") })];
    const first = await recorded(members);
    const second = await recorded(members);
    const writing = start("apply", "--recording", first.file);
    await hasStarted(first.requestLog, 1);
    const { stderr, status } = await run("apply", "--recording", second.file);
    expect(stderr).toMatch(
      /\nFailed: a\n {2}\[state\.locked\] Unable to read state postgres locked: .*\n {2}Hint: .*unlock/,
    );
    expect(status).toBe(1);
    // A plan reads without the lock.
    expect((await run("plan", "--recording", second.file)).stderr).not.toContain("state.locked");
    await first.openGate();
    expect((await writing.ended).status).toBe(0);
    expect(await asked(second.requestLog)).not.toContain("createResourceRequest");
  });

  test("forgets a member that is gone, and the next apply creates it", async () => {
    const state = await newState(server(), "refreshed");
    const object = join(await temporaryFolder(), "object");
    const { file } = await recorded((log) => [state, stateful("site.a", log, { text: "one", object })]);
    await run("apply", "--recording", file);
    await rm(object);
    expect((await run("plan", "--recording", file)).status).toBe(0);
    expect(await run("refresh", "--yes", "--recording", file)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^gone +site\.a /),
      stderr: expect.stringContaining("1 forgotten"),
    });
    expect((await run("apply", "--recording", file)).stderr).toMatch(/site\.a: created/);
  });

  test("loses the entries of destroyed members, also of undeclared ones, and is destroyed last", async () => {
    const state = await newState(server(), "destroyed");
    const object = join(await temporaryFolder(), "object");
    const member = (log: string) => stateful("site.a", log, { text: "one", object });
    const { file } = await recorded((log) => [state, member(log)]);
    await run("apply", "--recording", file);
    // No declared member uses the state any more. Another one has the provider.
    const without = await recorded((log) => [state, note("b", log, { text: "two" })]);
    const preview = await run("destroy", "site", "state", "--yes", "--recording", without.file);
    expect(preview.stdout).toBe("delete   site.a (known only from its state)\ndelete   state\n");
    expect(preview.stderr).toMatch(/site\.a: deleted .*\nstate: deleted .*\n2 deleted/);
    expect(preview.status).toBe(0);
    expect(existsSync(object)).toBe(false);
    expect((await run("plan", "--recording", file)).stdout).toMatch(/^create +state\n/);
  });

  test("shows its keys nowhere, with and without --verbose", async () => {
    const state = await newState(server(), "keys");
    const { file } = await recorded((log) => [state, stateful("a", log, { text: "canary" })]);
    const quiet = await run("apply", "--recording", file);
    const verbose = await run("apply", "--recording", file, "--verbose");
    expect(quiet.stdout + quiet.stderr).not.toMatch(/canary|AGE-SECRET-KEY/);
    expect(verbose.stdout + verbose.stderr).not.toContain("AGE-SECRET-KEY");
  });
});

/** A member that stores its own state in the server. */
async function newState({ host, port, user, passwordFile }: PostgresAddress, name: string): Promise<RecordedMember> {
  const identity = join(await temporaryFolder(), "identity");
  await writeFile(identity, `${await generateX25519Identity()}\n`, { mode: 0o600 });
  return {
    path: ["state"],
    type: "state_postgres",
    state: null,
    provider: { executable: process.execPath, args: [main] },
    inputs: {
      name,
      schema: "driver_state",
      managedBy: "tests",
      identity: { file: identity },
      lockTimeoutSeconds: 1,
      connection: { host, port, user, password: { file: passwordFile } },
    },
    outputs: ["openedBy"],
  };
}

const stateful = (path: string, requestLog: string, inputs: JsonObject): RecordedMember =>
  note(path, requestLog, inputs, { state: ["state"] });

async function asked(requestLog: string): Promise<string[]> {
  return (await requestsIn(requestLog)).flatMap(({ request = {} }) => Object.keys(request));
}
