import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { canCompile, compileLauncher } from "@nixops4-resources/protocol-core/launcher";
import { ask, type Finished, type Message } from "@nixops4-resources/protocol-core/testing";
import { workersOf } from "@nixops4-resources/protocol-core/worker-processes";
import { main } from "./testing/deployment.ts";

const folder = mkdtempSync(join(tmpdir(), "worker-"));
afterAll(() => rmSync(folder, { recursive: true }));
const launcher = join(folder, "launcher");
const passwordOf = (account: string): string => join(folder, account);
/** Without a worker, this launcher fails. */
const macros = { NO_FALLBACK: 1 };
/** Tells our workers from those of other tests. */
const ownWorkers = { WORKERS_OF: folder };

describePostgres("deployments with different credentials for one server, which share a worker", (server) => {
  let superuser: Client;
  const accounts = ["wrkr_one", "wrkr_two"];

  beforeAll(async () => {
    if (!canCompile()) return;
    compileLauncher({ file: launcher, node: process.execPath, main, macros });
    const { host, port, user, passwordFile } = server();
    superuser = new Client({ host, port, user, database: "postgres", password: readFileSync(passwordFile, "utf8") });
    await superuser.connect();
    for (const account of accounts) {
      const password = randomBytes(12).toString("hex");
      writeFileSync(passwordOf(account), password, { mode: 0o600 });
      await superuser.query(`create role ${account} login password '${password}'`);
      await superuser.query(`grant create on database postgres to ${account}`);
    }
    writeFileSync(passwordOf("wrong"), "not the password", { mode: 0o600 });
  });
  afterAll(async () => {
    if (!canCompile()) return;
    for (const account of accounts) {
      await superuser.query(`drop owned by ${account}`);
      await superuser.query(`drop role ${account}`);
    }
    await superuser.end();
  });

  const createSchema = (name: string, account: string, passwordFile = passwordOf(account)): Promise<Finished> => {
    const { host, port } = server();
    const connection = { host, port, user: account, password: { file: passwordFile } };
    const inputProperties = { connection, database: "postgres", name, managedBy: account.replace("_", "-") };
    const request: Message = { createResourceRequest: { type: "schema", inputProperties, isStateful: false } };
    return ask({ main, launcher, environment: ownWorkers }, request);
  };

  test.skipIf(!canCompile())(
    "ten applies side by side: each schema belongs to the account of its deployment",
    async () => {
      const applies = Array.from({ length: 10 }, (_, apply) => apply);
      const finished = await Promise.all(
        applies.flatMap((apply) => accounts.map((account) => createSchema(`wrkr_${apply}_${account}`, account))),
      );
      expect(finished.flatMap(({ outcomes }) => outcomes)).toEqual(Array(20).fill("created"));
      expect(workersOf(main, `WORKERS_OF=${folder}`)).toHaveLength(1);
      const { rows } = await superuser.query(
        "select nspname, nspowner::regrole::text as owner from pg_namespace where nspname like 'wrkr\\_%'",
      );
      expect(rows).toHaveLength(20);
      for (const { nspname, owner } of rows) expect(nspname).toMatch(new RegExp(`^wrkr_\\d+_${owner}$`));
    },
  );

  test.skipIf(!canCompile())(
    "a wrong password is rejected, also while the worker has a session of that account",
    async () => {
      const finished = await Promise.all(
        Array.from({ length: 10 }, (_, index) => [
          createSchema(`wrkr_right_${index}`, "wrkr_one"),
          createSchema(`wrkr_false_${index}`, "wrkr_one", passwordOf("wrong")),
        ]).flat(),
      );
      const outcomes = finished.map((one) => one.outcomes[0]);
      expect(outcomes).toEqual(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? "created" : "failed")));
      expect(finished[1]?.stderr).toContain("postgres.login");
    },
  );
});
