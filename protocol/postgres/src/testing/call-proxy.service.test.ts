import { readFile } from "node:fs/promises";
import { CallProxy, type Disturbance } from "@nixops4-resources/protocol-core/testing";
import { Client, type ClientConfig } from "pg";
import { expect, test, vi } from "vitest";
import { superuserLogin, type PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";

describePostgres("a call proxy", (server) => {
  test("counts the calls of a client: startup, two steps of SCRAM, two queries", async () => {
    await using proxy = await CallProxy.start(server());
    await withClient(await through(proxy, server()), async (client) => {
      await client.query("select 1");
      await client.query("select $1::int", [1]);
    });
    expect(proxy.answered).toEqual([1, 2, 3, 4, 5]);
  });

  test("continues counting over several connections", async () => {
    await using proxy = await CallProxy.start(server());
    for (const question of ["select 1", "select 2"]) {
      await withClient(await through(proxy, server()), (client) => client.query(question));
    }
    // The fifth call terminates the first connection and has no answer.
    expect(proxy.answered).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
  });

  test("counts calls over TLS", async () => {
    await using proxy = await CallProxy.start(server());
    const ssl = { ca: await readFile(server().certificates?.caFile ?? "", "utf8") };
    await withClient({ ...(await through(proxy, server())), ssl }, (client) => client.query("select 1"));
    expect(proxy.answered.length).toBeGreaterThan(5);
  });

  test("withholds the call from the server (`before`), or the answer from the client (`after`)", async () => {
    for (const when of ["before", "after"] as const) {
      const table = `call_proxy_${when}_${server().version}`;
      const killed = vi.fn<() => void>();
      const sent = createTable(server(), table, { call: 4, when, afterwards: "close", act: killed });
      await expect(sent).rejects.toThrow(/terminated|ECONNRESET/);
      expect(killed).toHaveBeenCalledOnce();
      await withClient(await superuserLogin(server()), async (client) => {
        const { rows } = await client.query(`select to_regclass('${table}') is not null as "isThere"`);
        expect(rows).toEqual([{ isThere: when === "after" }]);
        await client.query(`drop table if exists ${table}`);
      });
    }
  });

  test("stalls a call while the connection stays open", async () => {
    const stalled = send(server(), "select 1", { call: 4, when: "before", afterwards: "stall" }, 300);
    await expect(stalled).rejects.toThrow("Query read timeout");
  });
});

async function through(proxy: CallProxy, address: PostgresAddress): Promise<ClientConfig> {
  return { ...(await superuserLogin(address)), ...proxy.endpoint };
}

async function withClient<T>(login: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(login);
  // Without a listener, the error event would end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const createTable = (address: PostgresAddress, table: string, disturbance: Disturbance): Promise<unknown> =>
  send(address, `create table ${table} ()`, disturbance);

/** Sends one query through a proxy that disturbs it. */
async function send(
  address: PostgresAddress,
  question: string,
  disturbance: Disturbance,
  timeoutMs = 5000,
): Promise<unknown> {
  await using proxy = await CallProxy.start(address, disturbance);
  const client = new Client({ ...(await through(proxy, address)), query_timeout: timeoutMs });
  client.on("error", () => undefined);
  await client.connect();
  return await client.query(question);
}
