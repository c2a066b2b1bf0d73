import { randomBytes } from "node:crypto";
import { startPgbouncer } from "@nixops4-resources/integration-servers/postgres/pgbouncer";
import { describePostgres, startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { expect, test } from "vitest";
import { makePerson } from "../testing/people.ts";
import { add, applyState, destroyState, namesIn, readOnly, Run } from "../testing/run.ts";
import { useStates } from "../testing/state-inputs.ts";

const [alice, bob, carol] = [await makePerson(), await makePerson(), await makePerson()];

describePostgres("a stored state", (server) => {
  const schema = "statekeeping";
  const { backend, inputs } = useStates(schema, server, [alice, bob, carol]);
  const run = (sql: string) => backend().run(sql);
  /** Creates a state with two resources. */
  const make = async (more: object = {}): Promise<void> => {
    await applyState(inputs(more));
    const writer = await Run.open(inputs(more));
    await writer.append(add("db"));
    await writer.append(add("web"));
    await writer.end();
  };
  const as = (user: string, more: object = {}) => inputs({ connection: { ...backend().connection, user }, ...more });
  /** Changes a table without its triggers, as its owner or somebody with access to the disk can. */
  const tamper = (sql: string) => run(`set session_replication_role = replica; ${sql}; reset session_replication_role`);

  test.each([
    [
      "a byte of an event",
      "event set sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1) where index = 1",
      "event 1",
    ],
    [
      "the last byte of an event",
      "event set sealed = set_byte(sealed, length(sealed) - 1, get_byte(sealed, length(sealed) - 1) # 1) where index = 2",
      "event 2",
    ],
    ["a hash", "event set hash = set_byte(hash, 0, get_byte(hash, 0) # 1) where index = 1", "event 1"],
    ["the name of an event", "event set event = 'update' where index = 2", "event 2"],
    ["the head", "state set head = 1", "the head says that the last event is 1, but it is 2"],
    ["the head's hash", "state set head_hash = sha256('')", "the hash in the head differs from the hash of event 2"],
  ])("is rejected with the position if %s was changed", async (_what, change, place) => {
    await make();
    await tamper(`update ${schema}.${change}`);
    const error = await readOnly(inputs()).catch(String);
    expect(error).toContain("[state.damaged] Unable to read state postgres prod: ");
    expect(error).toContain(place);
    await expect(Run.open(inputs()), "to write").rejects.toThrow("[state.damaged]");
  });

  test("is rejected if an event is missing, an event is from another state, or a snapshot was changed", async () => {
    await make();
    await make({ name: "test" });
    const id = (name: string): string => `(select id from ${schema}.state where name = '${name}')`;
    await tamper(`delete from ${schema}.event where index = 2 and state = ${id("test")}`);
    await expect(readOnly(inputs({ name: "test" }))).rejects.toThrow("event 2 is missing");
    await tamper(`
      update ${schema}.event e set sealed = o.sealed, hash = o.hash, at = o.at from ${schema}.event o
      where e.state = ${id("test")} and o.state = ${id("prod")} and e.index = 0 and o.index = 0`);
    await expect(readOnly(inputs({ name: "test" }))).rejects.toThrow("event 0 cannot be trusted");
    await tamper(`
      insert into ${schema}.snapshot select state, index, hash, data_key, sealed from ${schema}.event
      where state = ${id("prod")} and index = 2`);
    await expect(readOnly(inputs())).rejects.toThrow("the snapshot after event 2 cannot be trusted");
  });

  test("rejects another key, and names the recipients", async () => {
    await make();
    const error = await readOnly(inputs({ identity: { file: bob.file } })).catch(String);
    expect(error).toContain(
      `[secret.identity.mismatch] Unable to read state postgres prod: it is encrypted to ${alice.recipient}, but not to this identity.`,
    );
    await expect(readOnly(inputs({ identity: { file: "/nowhere/at/all" } }))).rejects.toThrow("[secret.file.missing]");
  });

  test("stores and logs nothing in clear", async () => {
    const canary = `canary${randomBytes(12).toString("hex")}`;
    await applyState(inputs({ recipients: [bob.recipient] }));
    const writer = await Run.open(inputs());
    await writer.append(add(canary, { type: canary, input_properties: { [canary]: canary }, output_properties: {} }));
    await expect(writer.append([{ op: "remove", path: `/resources/${canary}x` }])).rejects.toThrow("[state.patch]");
    await writer.end();
    await applyState(inputs({ recipients: [carol.recipient], keyGeneration: 2 }));
    expect(namesIn(await readOnly(inputs()))).toEqual([canary]);
    for (const table of ["state", "event", "event_archive", "snapshot", "data_key"]) {
      const rows = await run(`select t::text from ${schema}.${table} t`);
      const text = JSON.stringify(rows);
      expect(text.includes(canary) || text.includes(Buffer.from(canary).toString("hex")), table).toBe(false);
    }
    const log = await backend().log();
    expect(log).toContain(`insert into "${schema}"."event"`);
    for (const secret of [canary, Buffer.from(canary).toString("base64").slice(4, 20), alice.value]) {
      expect(log.includes(secret), "in the server's log").toBe(false);
    }
  });

  test("rejects changes and removals of events, even by the owner", async () => {
    await make();
    for (const change of [
      `update ${schema}.event set event = 'x'`,
      `delete from ${schema}.event`,
      `truncate ${schema}.event`,
      `truncate ${schema}.event_archive`,
    ]) {
      await expect(backend().runAsAccount(change), change).rejects.toThrow(
        "events of a state are never changed or removed",
      );
    }
  });

  test("records the writer of each event as the server knows it", async () => {
    await make();
    const [written] = await run(`select actor, host(client_address) as address from ${schema}.event where index = 1`);
    expect(written).toEqual({ actor: backend().account, address: "127.0.0.1" });
  });

  test("is written without DELETE permission, and read with read permission", async () => {
    await make();
    const [writer, reader] = [`${schema}_writer`, `${schema}_reader`];
    for (const role of [writer, reader]) {
      // With the password of the test account, for which there is a file.
      await run(`do $$ begin execute format('create role ${role} login password %L',
        (select rolpassword from pg_authid where rolname = '${backend().account}')); end $$`);
    }
    await run(`
      grant usage on schema ${schema} to ${writer}, ${reader};
      grant select on all tables in schema ${schema} to ${writer}, ${reader};
      grant insert on ${schema}.event, ${schema}.snapshot to ${writer};
      grant update (head, head_hash) on ${schema}.state to ${writer}`);
    await applyState(as(writer));
    const writing = await Run.open(as(writer));
    await writing.append(add("more"));
    // Details that the server hides from this account are left out.
    await expect(Run.open(as(reader))).rejects.toThrow(
      /^\[state.locked\] .*: \S+@\S+ \(role statekeeping_writer, pid \d+\) is writing to it, and did not finish within 0 s\.\nHint: .*pg_read_all_stats/,
    );
    await backend().run(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = '${writer}'`);
    await writing.append(add("again"));
    await writing.end();
    await expect(destroyState(as(writer, { deletion: "delete" }))).rejects.toThrow("[postgres.permission.denied]");
    await expect(applyState(as(writer, { name: "further" }))).rejects.toThrow("[postgres.permission.denied]");

    expect(namesIn(await readOnly(as(reader)))).toEqual(["db", "web", "more", "again"]);
    const reading = await Run.open(as(reader));
    await expect(reading.append(add("never"))).rejects.toThrow("[postgres.permission.denied]");
    await reading.end();
  });

  test("rejects a pooler, through which a lock would be useless", async (context) => {
    await using pooler = await startOrSkip(context, () =>
      startPgbouncer(server(), ["ignore_startup_parameters = options", ""]),
    );
    await applyState(inputs());
    const { user, passwordFile } = server();
    const connection = { host: pooler.host, port: pooler.port, user, password: { file: passwordFile } };
    await expect(Run.open(inputs({ connection }))).rejects.toThrow("[postgres.connection.pooler]");
  });

  test("is destroyed only if empty or with `deletion`, and can be restored", async () => {
    await make();
    await expect(destroyState(inputs())).rejects.toThrow(
      "[state.notEmpty] Unable to delete state postgres prod: it contains 2 resources: db, web.",
    );
    const writer = await Run.open(inputs());
    await expect(destroyState(inputs({ deletion: "delete" }))).rejects.toThrow("[state.locked]");
    await writer.end();
    expect(await destroyState(inputs({ deletion: "delete" }))).toEqual({});
    await expect(readOnly(inputs())).rejects.toThrow("[state.missing]");
    await applyState(inputs());
    expect(namesIn(await readOnly(inputs()))).toEqual([]);
    expect(await destroyState(inputs())).toEqual({});
    await run(`update ${schema}.state set destroyed_at = null where head = 2`);
    expect(namesIn(await readOnly(inputs()))).toEqual(["db", "web"]);
  });
});
