import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { run as drive } from "@nixops4-resources/integration-driver/testing/runs";
import { describeNix, nixJson, nixPath, repository } from "@nixops4-resources/integration-nix/testing";
import { findPostgresBinaries } from "@nixops4-resources/integration-servers/postgres/binaries";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { generateX25519Identity } from "age-encryption";
import { Client, type ClientConfig } from "pg";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod/mini";

const run = promisify(execFile);

/** What an application and a tool on the host learn from the deployment. */
const known = z.object({
  result: z.object({
    host: z.string(),
    port: z.int(),
    name: z.string(),
    user: z.string(),
    passwordPath: z.string(),
    sslmode: z.literal("disable"),
  }),
  backup: z.object({ backupCmd: z.string(), restoreCmd: z.string() }),
});

await describeNix("a database of the contract", () => {
  describePostgres(
    "applied",
    (server) => {
      test("is dumped and restored by its owner, who leaves extensions and newer objects alone", async () => {
        const folder = await memoryFolder();
        const { result, backup } = await applied(server(), folder);
        const { host, port, name: database, user, passwordPath } = result;
        const login = { host, port, database, user, password: await readFile(passwordPath, "utf8"), ssl: false };
        await rowsOf(login, [
          "create table orders (name text)",
          "create index on orders using gin (name gin_trgm_ops)",
          "insert into orders values ('first')",
          "select lo_from_bytea(0, 'large')",
          "create schema archive",
          "create table archive.orders as select 'old' as name",
        ]);
        const dump = join(folder, "dump");
        await run("sh", ["-c", `${backup.backupCmd} > '${dump}'`]);

        await rowsOf(login, [
          "update orders set name = 'second'",
          "drop schema archive cascade",
          "select lo_unlink(oid) from pg_largeobject_metadata",
          "create table later ()",
        ]);
        const mark = "select obj_description(oid, 'pg_extension') from pg_extension where extname = 'pg_trgm'";
        const [markBefore] = await rowsOf(login, [mark]);
        // As SelfHostBlocks' restic runs it.
        await run("sh", ["-c", `cat '${dump}' | ${backup.restoreCmd}`]);

        const rows = await rowsOf(login, [
          "select name from orders union all select name from archive.orders",
          "select convert_from(lo_get(oid), 'UTF8') as text from pg_largeobject_metadata",
          "select to_regclass('later') is not null as stays",
          mark,
        ]);
        expect(rows).toEqual([
          [{ name: "first" }, { name: "old" }],
          [{ text: "large" }],
          [{ stays: true }],
          markBefore,
        ]);
      });
    },
    // Its programs are those that Debian installs.
    [15],
  );
});

/** Applies a database with a backup, and returns what the member `reader` was given. */
async function applied(server: PostgresAddress, folder: string): Promise<z.infer<typeof known>> {
  const secrets = join(folder, "secrets");
  const identity = join(folder, "identity");
  const file = join(folder, "nixops4.nix");
  await mkdir(secrets, { mode: 0o700 });
  await writeFile(identity, await generateX25519Identity(), { mode: 0o600 });
  const { host, port, user, passwordFile } = server;
  const values = {
    node: process.execPath,
    bundles: join(repository, "providers"),
    programs: `${await findPostgresBinaries(15, folder)}/`,
    folder,
    account: { owner: String(process.getuid?.()), group: String(process.getgid?.()) },
    connections: {
      example: { folder },
      postgres: { host, port, user, password: { file: passwordFile } },
      secrets: {
        store: { directory: { folder: secrets, identity: { file: identity } } },
        registry: join(folder, "registry"),
      },
    },
  };
  await writeFile(file, deployment(values));
  const { stderr, status } = await drive("apply", "--file", file);
  expect(stderr).toContain("reader: created");
  expect(status).toBe(0);
  // The mark of the deployment and an empty line precede it.
  const [, , content = ""] = (await readFile(join(folder, "reader"), "utf8")).split("\n");
  return known.parse(JSON.parse(content));
}

const deployment = (values: unknown) => `
  let
    resources = import ${nixPath(repository)} { };
    inherit (resources.contracts) components;
    values = ${nixJson(values)};
  in
  resources.nixops4.lib.mkRoot {
    modules = [
      ({ lib, members, providers, ... }: {
        providers = lib.mapAttrs (name: connection: {
          imports = [ resources.modules.nixops4Provider.\${name} ];
          executable = values.node;
          args = [ "\${values.bundles}/\${name}/dist/main.cjs" ];
          managedBy = "contract-database";
          inherit connection;
        }) values.connections;

        members = {
          database = {
            imports = [ (components.database { inherit (providers) postgres secrets; }) ];
            request = {
              name = "contract shop";
              owner = "contract owner";
              extensions = [ "pg_trgm" ];
              password = values.account;
            };
            members.password.settings = { name = "shop/database"; path = "\${values.folder}/run/password"; };
          };
          backup = {
            imports = [ (components.databasebackup { inherit (providers) secrets; }) ];
            settings = {
              database = members.database.result;
              password = members.database.members.password.members.secret.outputs.ref;
              user = values.account.owner;
              passfile = "\${values.folder}/run/pgpass";
              inherit (values) programs;
            };
            members.passfile.inputs.group = values.account.group;
          };
          reader = {
            type = providers.example.file;
            inputs.name = "reader";
            inputs.content = builtins.toJSON {
              inherit (members.database) result;
              backup = members.backup.request;
            };
          };
        };
      })
    ];
  }`;

/** The rows of each statement. */
async function rowsOf(login: ClientConfig, statements: readonly string[]): Promise<unknown[]> {
  const client = new Client(login);
  await client.connect();
  try {
    const rows: unknown[] = [];
    for (const statement of statements) rows.push((await client.query(statement)).rows);
    return rows;
  } finally {
    await client.end();
  }
}

/** In memory if possible, like `/run`. */
async function memoryFolder(): Promise<string> {
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "nixops4-contract-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
