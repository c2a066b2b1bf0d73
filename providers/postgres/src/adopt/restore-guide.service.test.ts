import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { superuserLogin, type PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { Message } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployed, main } from "../testing/deployment.ts";

const guide = await readFile(join(import.meta.dirname, "../../../../docs/guides/restore.md"), "utf8");

/** The blocks of commands in a section of the guide. */
function commandsIn(section: string): string[] {
  const [, text = ""] = guide.split(`\n## ${section}\n`);
  const [own = ""] = text.split("\n## ");
  return [...own.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = ""]) => commands);
}

// Debian's pg_dump supports servers up to its own version, and its pg_restore also newer ones.
describePostgres(
  "a dump of a database",
  (source) => {
    const startProduction = prepare("restorefrom");
    const production = useBackend(() => startProduction(source()));
    const operate = useShell(source);

    test("is restored into a new database of its deployment, which then changes nothing", async () => {
      const [restore = ""] = commandsIn("In the same deployment");
      await create(production(), "production", "restorefrom_shop", "restorefrom_shop");
      const renamed = { name: "restorefrom_new", managedBy: "production" };
      await deployed(production(), "database", renamed).create({ owner: "restorefrom_shop" });
      await operate(restore, source());
      expect(await create(production(), "production", "restorefrom_new", "restorefrom_shop")).toEqual(unchanged);
    });

    describe("restored for another deployment", () => {
      describePostgres("a copy", (target) => {
        const startStaging = prepare("restoreto");
        const staging = useBackend(() => startStaging(target()));

        test("is adopted by one command, after which an apply changes nothing", async () => {
          const [restore = "", inputs = "", list = "", adopt = ""] = commandsIn("In another deployment");
          await create(production(), "production", "restorefrom_shop", "restorefrom_shop");
          await production().runIn("restorefrom_shop", "create table app.orders as select 7 as number");
          const own = { name: "restoreto_shop", managedBy: "staging" };
          await deployed(staging(), "role", own).create({});
          await deployed(staging(), "database", own).create({ owner: "restoreto_shop" });
          await operate(restore, target());
          const foreign = deployed(staging(), "schema", schemaOf("staging", "restoreto_shop", "restoreto_shop"));
          expect((await foreign.create({})).error).toMatch(
            /^\[protocol\.ownership\.foreign\] .*manages it, not staging\.\nHint: .*`adoptFrom = "production"`.*If a dump of production was restored into restoreto_shop, run `nixops4-resources-postgres adopt --database restoreto_shop --from production --inputs FILE`/s,
          );

          expect(JSON.parse(await operate(inputs + list, target()))).toEqual({
            database: "restoreto_shop",
            from: "production",
            managedBy: "staging",
            adopted: false,
            objects: [
              { type: "extension", name: "pg_trgm" },
              { type: "schema", name: "app" },
            ],
            others: [],
          });
          expect((await foreign.create({})).error).toContain("[protocol.ownership.foreign]");
          expect(await operate(adopt, target())).toMatch(/^adopted extension pg_trgm\nadopted schema app\n$/m);

          expect(await create(staging(), "staging", "restoreto_shop", "restoreto_shop")).toEqual(unchanged);
          expect(await staging().runIn("restoreto_shop", "select number from app.orders")).toEqual([{ number: 7 }]);
          expect((await foreign.destroy({})).outcome).toBe("retained");
          expect(await create(production(), "production", "restorefrom_shop", "restorefrom_shop")).toEqual(unchanged);
        });
      });
    });
  },
  [15],
);

const unchanged = { role: "unchanged", database: "unchanged", schema: "unchanged", extension: "unchanged" };

const prepare = (prefix: string): ReturnType<typeof PostgresBackend.prepare> =>
  PostgresBackend.prepare({ prefix, account: "superuser", snapshot: async () => undefined });

const schemaOf = (managedBy: string, database: string, owner: string): Message => ({
  managedBy,
  database,
  name: "app",
  owner,
});

/** Applies the members of a deployment; returns their outcomes. */
async function create(backend: PostgresBackend, managedBy: string, database: string, owner: string): Promise<Message> {
  const inputs: Record<string, Message> = {
    role: { managedBy, name: owner },
    database: { managedBy, name: database, owner },
    schema: schemaOf(managedBy, database, owner),
    extension: { managedBy, database, name: "pg_trgm" },
  };
  const outcomes: Message = {};
  for (const [type, own] of Object.entries(inputs)) {
    const { error, outcome } = await deployed(backend, type, own).create({});
    outcomes[type] = error ?? outcome;
  }
  return outcomes;
}

/** Runs commands of the guide with the servers of the test, in a folder of their own. Returns what they print. */
function useShell(source: () => PostgresAddress): (commands: string, target: PostgresAddress) => Promise<string> {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nixops4-restore-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return async (commands, target) => {
    const passwords = join(folder, "pgpass");
    const lines = await Promise.all([source(), target].map(passwordLine));
    await writeFile(passwords, lines.join(""), { mode: 0o600 });
    const script = `
      set -euo pipefail
      nixops4-resources-postgres() { "${process.execPath}" "${main}" "$@"; }
      ${onTheirServers(commands, source(), target)}`;
    const env = { ...process.env, PGPASSFILE: passwords };
    return (await promisify(execFile)("bash", ["-c", script], { cwd: folder, env })).stdout;
  };
}

async function passwordLine(server: PostgresAddress): Promise<string> {
  const { host, port, user, password } = await superuserLogin(server);
  return `${host}:${port}:*:${user}:${String(password)}\n`;
}

/** The guide's names, with the prefixes of the backends. */
const onTheirServers = (commands: string, source: PostgresAddress, target: PostgresAddress): string =>
  commands
    .replaceAll("shop_copy", "restoreto_shop")
    .replaceAll("shop_new", "restorefrom_new")
    .replaceAll(/\bshop\b/g, "restorefrom_shop")
    .replaceAll("--host old.example.org", `--host ${source.host} --port ${source.port}`)
    .replaceAll("--host new.example.org", `--host ${target.host} --port ${target.port}`)
    .replaceAll('"new.example.org"', `"${target.host}", "port": ${target.port}`)
    .replaceAll("/etc/nixops4/postgres", target.passwordFile);
