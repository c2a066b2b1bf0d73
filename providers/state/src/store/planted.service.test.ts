import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { beforeEach, expect, test } from "vitest";
import { makePerson } from "../testing/people.ts";
import { add, applyState, readOnly, Run } from "../testing/run.ts";
import { useStates } from "../testing/state-inputs.ts";

const alice = await makePerson();
const untrusted = "[postgres.schema.untrusted]";

describePostgres("a schema that somebody else planted", (server) => {
  const schema = "stateplant";
  const mallory = `${schema}_mallory`;
  const { backend, inputs } = useStates(schema, server, [alice]);
  const run = (statements: string) => backend().run(statements);
  const promoted = async () =>
    (await run(`select rolsuper from pg_roles where rolname = '${mallory}'`))[0]?.["rolsuper"];
  const promote = (name: string, replace = "") => `
    create ${replace} function ${name}() returns trigger language plpgsql as $$
    begin alter role ${mallory} superuser; return new; end $$`;

  beforeEach(async () => {
    await run(`
      do $$ begin if to_regrole('${mallory}') is null then create role ${mallory}; end if; end $$;
      alter role ${mallory} nosuperuser`);
  });

  test("runs nothing of it, neither to create nor to read a state", async () => {
    await run(`
      do $$ begin execute format('grant create on database %I to ${mallory}', current_database()); end $$;
      set role ${mallory};
      create schema ${schema};
      create table ${schema}.state (
        id uuid primary key, name text, mark text, head integer, head_hash bytea, made_at timestamptz, destroyed_at timestamptz);
      ${promote(`${schema}.sign`)};
      create trigger sign before insert or update on ${schema}.state for each row execute function ${schema}.sign();
      reset role`);
    await expect(applyState(inputs())).rejects.toThrow(untrusted);
    await expect(readOnly(inputs())).rejects.toThrow(`${mallory} owns it`);
    await expect(Run.open(inputs())).rejects.toThrow(untrusted);
    expect(await promoted()).toBe(false);
  });

  test.each([
    ["a table of another role", `create table ${schema}.more (); alter table ${schema}.more owner to ${mallory}`],
    ["a right to create functions", `grant create on schema ${schema} to ${mallory}`],
    ["a right to create triggers", `grant trigger on ${schema}.event to ${mallory}`],
    ["a view in place of a table", `create view ${schema}.more as select 1`],
  ])("is found by %s", async (_what, statement) => {
    await applyState(inputs());
    await run(statement);
    await expect(Run.open(inputs())).rejects.toThrow(untrusted);
    await expect(readOnly(inputs())).rejects.toThrow(untrusted);
  });

  test("gives its owner no more rights than its own if a superuser writes", async () => {
    await applyState(inputs());
    await run(`
      do $$ declare one record; begin
        execute format('alter database %I owner to ${mallory}', current_database());
        alter schema ${schema} owner to ${mallory};
        for one in select relname from pg_class where relnamespace = '${schema}'::regnamespace and relkind = 'r' loop
          execute format('alter table ${schema}.%I owner to ${mallory}', one.relname); end loop;
        for one in select proname from pg_proc where pronamespace = '${schema}'::regnamespace loop
          execute format('alter function ${schema}.%I() owner to ${mallory}', one.proname); end loop;
      end $$`);
    try {
      const writer = await Run.open(inputs());
      await writer.append(add("db"));
      await run(`set role ${mallory}; ${promote(`${schema}.sign`, "or replace")}; reset role`);
      await expect(writer.append(add("web"))).rejects.toThrow("[postgres.permission.denied]");
      await writer.end();
      expect(await promoted()).toBe(false);
    } finally {
      await run(`do $$ begin execute format('alter database %I owner to postgres', current_database()); end $$`);
    }
  });
});
