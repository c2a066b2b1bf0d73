import { Client } from "pg";
import { expect, test } from "vitest";
import { superuserLogin } from "./postgres.ts";
import { StatementLog } from "./statement-log.ts";
import { describePostgres } from "../testing.ts";

describePostgres("the log of statements", (server) => {
  test("counts the writes of one user, and no reads", async () => {
    const user = "statement log's user";
    const admin = new Client(await superuserLogin(server()));
    await admin.connect();
    await admin.query(`drop role if exists "${user}"`);
    await admin.query(`create role "${user}" superuser login password 'x'`);
    const client = new Client({ ...(await superuserLogin(server())), user, password: "x" });
    await client.connect();
    try {
      const log = new StatementLog(server().logFile);
      const before = await log.writesOf(user);
      await client.query("select 1");
      await client.query("select $1::int", [1]);
      await client.query("begin");
      expect(await log.writesOf(user)).toBe(before);

      await client.query("comment\non role postgres is 'two lines'");
      expect(await log.writesOf(user)).toBe(before + 1);
      await client.query("create temporary table t (n int); insert into t values (1); select 1");
      await client.query("insert into t values ($1)", [2]);
      await expect(client.query("create role postgres")).rejects.toMatchObject({ code: "42710" });
      expect(await log.writesOf(user)).toBe(before + 5);
      await client.query("rollback");
      expect(await log.writesOf(user)).toBe(before + 5);

      await admin.query("comment on role postgres is null");
      expect(await log.writesOf(user), "of another user").toBe(before + 5);
    } finally {
      await client.end();
      await admin.query(`drop role "${user}"`);
      await admin.end();
    }
  });
});
