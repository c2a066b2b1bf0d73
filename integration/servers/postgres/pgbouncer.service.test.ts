import { Client } from "pg";
import { expect, test } from "vitest";
import { startPgbouncer } from "./pgbouncer.ts";
import { superuserLogin } from "./postgres.ts";
import { describePostgres, startOrSkip } from "../testing.ts";

describePostgres("a pooler in transaction mode", (server) => {
  test("gives two clients the same session of the server", async (context) => {
    await using pooler = await startOrSkip(context, () => startPgbouncer(server()));
    const session = async (): Promise<{ told: unknown; real: unknown }> => {
      const client = new Client({ ...(await superuserLogin(server())), port: pooler.port });
      await client.connect();
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      await client.end();
      return { told: "processID" in client && client.processID, real: rows[0]?.pid };
    };
    const first = await session();
    const second = await session();
    expect(second.real).toBe(first.real);
    // A client recognises a pooler by this.
    expect(first.told).not.toBe(first.real);
  });
});
