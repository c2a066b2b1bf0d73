import { join } from "node:path";
import { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";
import { ask } from "@nixops4-resources/protocol-core/testing";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import type { Person } from "./people.ts";

export const main = join(import.meta.dirname, "../../dist/main.cjs");

/** A server whose states are in a schema named as the prefix. Call it where tests are declared. */
export const prepareStates = (
  prefix: string,
  people: readonly Person[],
): ((server: PostgresAddress) => Promise<PostgresBackend>) =>
  PostgresBackend.prepare({
    prefix,
    account: "superuser",
    secrets: people,
    snapshot: (backend) => liveStates(backend, prefix),
  });

/** What there is of the states that have a name: those that were destroyed are kept, and are no resource any more. */
async function liveStates(backend: PostgresBackend, schema: string): Promise<unknown> {
  const [row] = await backend.run<{ isThere: boolean }>(
    `select to_regclass('${schema}.state') is not null as "isThere"`,
  );
  if (row?.isThere !== true) return [];
  return await backend.run(`
    select name, mark, head,
      (select array_agg(distinct recipients order by recipients) from ${schema}.data_key where state = id) as recipients,
      (select max(generation) from ${schema}.data_key where state = id) as generation,
      (select array_agg(event order by index) from ${schema}.event where state = id) as events
    from ${schema}.state where destroyed_at is null order by name`);
}

/** Makes the state and takes its mark off. */
export async function makeUnmarked(backend: PostgresBackend, schema: string, inputs: object): Promise<void> {
  const inputProperties = { connection: backend.connection, managedBy: "somebody", ...inputs };
  await ask({ main }, { createResourceRequest: { type: "state_postgres", inputProperties, isStateful: false } });
  await backend.run(`update ${schema}.state set mark = null`);
}
