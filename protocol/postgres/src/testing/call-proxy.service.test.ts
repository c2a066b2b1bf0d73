import { readFile } from "node:fs/promises";
import { CallProxy, type Disturbance } from "@nixops4-resources/protocol-core/testing";
import { Client, type ClientConfig } from "pg";
import { expect, test, vi } from "vitest";
import { superuserLogin, type PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";

describePostgres("a proxy that counts calls", (server) => {
  test("counts what a client asks: hello, two steps of SCRAM, two questions", async () => {
    await using proxy = await CallProxy.start(server());
    await withClient(await through(proxy, server()), async (client) => {
      await client.query("select 1");
      await client.query("select $1::int", [1]);
    });
    expect(proxy.answered).toEqual([1, 2, 3, 4, 5]);
  });

  test("counts on over several connections", async () => {
    await using proxy = await CallProxy.start(server());
    for (const question of ["select 1", "select 2"]) {
      await withClient(await through(proxy, server()), (client) => client.query(question));
    }
    // The fifth is the farewell of the first, which has no answer.
    expect(proxy.answered).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
  });

  test("counts under TLS too", async () => {
    await using proxy = await CallProxy.start(server());
    const ssl = { ca: await readFile(server().certificates?.caFile ?? "", "utf8") };
    await withClient({ ...(await through(proxy, server())), ssl }, (client) => client.query("select 1"));
    expect(proxy.answered.length).toBeGreaterThan(5);
  });

  test("keeps a call from the server before it, and an answer from the client after it", async () => {
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

  test("stalls: the connection stays and nobody hears", async () => {
    const stalled = send(server(), "select 1", { call: 4, when: "before", afterwards: "stall" }, 300);
    await expect(stalled).rejects.toThrow("Query read timeout");
  });
});

async function through(proxy: CallProxy, address: PostgresAddress): Promise<ClientConfig> {
  return { ...(await superuserLogin(address)), ...proxy.endpoint };
}

async function withClient<T>(login: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(login);
  // It also tells its end by an event, which without a listener would be the end of the process.
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

/** One question through a proxy that disturbs it. */
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
