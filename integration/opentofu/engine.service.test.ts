import { once } from "node:events";
import type { Readable } from "node:stream";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { openTofuMissing } from "@nixops4-resources/integration-servers/opentofu/program";
import { superuserLogin, type PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { projectOf, readPage } from "./page.ts";

describePostgres(
  "OpenTofu with the mirror of `npm run build`",
  (server) => {
    const page = readPage();
    let superuser: Client;
    beforeEach(async (context) => {
      const missing = openTofuMissing();
      if (missing !== undefined) context.skip(missing);
      superuser = new Client(await superuserLogin(server()));
      await superuser.connect();
    });
    afterEach(async () => {
      if (openTofuMissing() !== undefined) return;
      await superuser.query("drop database if exists opentofu_shop");
      await superuser.query("drop role if exists opentofu_shop");
      await superuser.end();
    });

    test("runs every command of docs/opentofu.md", async () => {
      using project = await projectOf(server(), page.files);
      for (const [command = "", ...args] of page.commands) {
        const { status, output } = await project.run(command, ...args);
        expect(status, `${[command, ...args].join(" ")}: ${output}`).toBe(0);
      }
      expect(project.read(".terraform.lock.hcl")).toMatch(/"h1:[A-Za-z0-9+/]+="/);
    });

    test("a failed create over a live database loses nothing, and the next apply takes the database in", async () => {
      using project = await projectOf(server(), page.files);
      expect((await project.run("init")).status).toBe(0);
      expect((await project.apply()).status).toBe(0);
      await withData(server(), "create table orders as select 1 as id");
      project.forget();

      // The owner is missing, which only PostgreSQL knows.
      project.write(
        "main_override.tf",
        `resource "nixops4-postgres_database" "shop" {\n  owner = "opentofu_nobody"\n}\n`,
      );
      const failed = await project.apply();
      expect(failed.status, failed.output).toBe(1);
      expect(failed.output).toContain("The state does not contain this resource until an apply succeeds");
      expect(project.read("terraform.tfstate")).not.toContain("tainted");
      expect((await project.plan()).output).not.toMatch(/must be replaced|will be destroyed/);

      project.write("main_override.tf", "");
      const applied = await project.apply();
      expect(applied.status, applied.output).toBe(0);
      expect(await withData(server(), "select id from orders")).toEqual([{ id: 1 }]);
    });

    test("100 resources are applied with 50 at once, and a second apply changes nothing", async () => {
      const many = page.files.get("main.tf")?.replace(/resource "[\s\S]*/, manyRoles);
      using project = await projectOf(server(), new Map([["main.tf", many ?? ""]]));
      expect((await project.run("init")).status).toBe(0);
      const applied = await project.apply("-parallelism=50");
      expect(applied.output).toContain("Resources: 100 added");
      expect((await project.plan("-parallelism=50")).status).toBe(0);
      expect((await project.destroy()).output).toContain("Resources: 100 destroyed");
    });

    test("a plugin ends with an engine that was killed, and the next apply continues", async () => {
      using project = await projectOf(server(), page.files);
      expect((await project.run("init")).status).toBe(0);
      const blocker = await blockRoles(server());
      const engine = project.start("apply", "-auto-approve");
      await waitUntil(async () => (await waiting(superuser)) > 0);
      engine.kill("SIGKILL");
      await once(engine, "exit");
      await blocker.end();
      await waitUntil(async () => (await sessions(superuser)) === 0);
      const applied = await project.apply("-lock=false");
      expect(applied.status, applied.output).toBe(0);
    });

    test("Ctrl-C lets the change in hand finish and be recorded, and nothing new begins", async () => {
      using project = await projectOf(server(), page.files);
      expect((await project.run("init")).status).toBe(0);
      const blocker = await blockRoles(server());
      const engine = project.start("apply", "-auto-approve");
      await waitUntil(async () => (await waiting(superuser)) > 0);
      // As a terminal does it: to the engine and the plugin.
      process.kill(-Number(engine.pid), "SIGINT");
      await readUntil(engine.stdout, "Interrupt received");
      await blocker.end();
      await once(engine, "exit");
      expect(engine.exitCode).toBe(1);
      expect((await project.run("state", "list")).output.trim()).toBe("nixops4-postgres_role.shop");
      const { rows } = await superuser.query("select 1 from pg_database where datname = 'opentofu_shop'");
      expect(rows).toEqual([]);
    });
  },
  [18],
);

const manyRoles = `resource "nixops4-postgres_role" "many" {
  count = 100
  name  = "opentofu_many_\${count.index}"
}
`;

/** Holds up the creation of roles until the client ends. A session of its own, since pg_stat_activity does not change within a transaction. */
async function blockRoles(server: PostgresAddress): Promise<Client> {
  const blocker = new Client(await superuserLogin(server));
  await blocker.connect();
  await blocker.query("begin; lock table pg_authid in share mode");
  return blocker;
}

async function readUntil(stream: Readable, words: string): Promise<void> {
  let text = "";
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes(words)) return;
  }
}

async function withData(server: PostgresAddress, sql: string): Promise<unknown[]> {
  const client = new Client(await superuserLogin(server, "opentofu_shop"));
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const own = "datname is not null and pid <> pg_backend_pid() and application_name like 'nixops4%'";

const count = async (client: Client, condition: string): Promise<number> =>
  Number((await client.query(`select count(*) from pg_stat_activity where ${condition}`)).rows[0].count);
const waiting = (client: Client): Promise<number> => count(client, `${own} and wait_event_type = 'Lock'`);
const sessions = (client: Client): Promise<number> => count(client, own);

async function waitUntil(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 50));
}
