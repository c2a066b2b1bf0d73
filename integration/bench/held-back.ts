import { Client } from "pg";
import { superuserLogin, type PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";

/** Blocks every other session of a server until it is disposed of, to simulate a slow server. */
export async function heldBack(address: PostgresAddress): Promise<AsyncDisposable & { waiting(): number }> {
  const client = new Client(await superuserLogin(address));
  await client.connect();
  // No session can read roles while their catalogue is locked.
  await client.query("begin; lock table pg_authid in access exclusive mode");
  let waiting = 0;
  const timer = setInterval(() => {
    void client
      .query<{ count: number }>(
        "select count(*)::int as count from pg_stat_activity where backend_type = 'client backend'",
      )
      .then(({ rows }) => (waiting = (rows[0]?.count ?? 1) - 1));
  }, 500);
  return {
    waiting: () => waiting,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await client.query("rollback");
      await client.end();
    },
  };
}
