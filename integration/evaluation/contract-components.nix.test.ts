import { join } from "node:path";
import { describeNix, nixJson, nixPath, repository } from "@nixops4-resources/integration-nix/testing";
import { expect, test } from "vitest";
import * as z from "zod/mini";

const refTo = (name: string) => ({
  store: {
    name,
    version: 1,
    id: null,
    directory: { folder: "/srv/secrets", identity: { file: "/k" } },
    postgres: null,
  },
});

/** What the members of contracts.nix have created. */
const outputs = {
  admin_password: { secret: { ref: refTo("admin") }, file: { path: "/run/admin" } },
  database: {
    password: { secret: { ref: refTo("database") }, file: { path: "/run/database" } },
    role: { name: "forum_owner" },
    database: { name: "forum" },
    extensions: { pg_trgm: { version: "1.6" } },
  },
  bucket: {
    bucket: {
      bucketName: "forum-media",
      endpoint: "https://s3.example.org",
      region: "garage",
      usePathStyle: true,
      websiteHost: "forum-media.web.example.org",
    },
    key: { accessKeyId: "GK31c2f218a2e44f485b94239e", secretAccessKey: refTo("s3") },
    grant: { bucketId: "0f" },
    secretKey: { path: "/run/s3" },
  },
  dns: { records: { fqdn: "forum.example.org" } },
  account: {
    password: { secret: { ref: refTo("ldap") }, file: { path: "/run/ldap" } },
    account: { bindDn: "uid=forum-ldap,ou=people,dc=example,dc=org", baseDn: "dc=example,dc=org" },
    group: { memberFilter: "(memberof=cn=forum,ou=groups,dc=example,dc=org)" },
  },
  backup: { passfile: { path: "/run/pgpass" } },
};

await describeNix("a component", ({ evaluate }) => {
  /** The inputs of a member of contracts.nix. */
  const inputsOf = async (path: string, known: unknown = outputs): Promise<Record<string, unknown>> => {
    const root = `(import ${nixPath(join(repository, "integration/evaluation/contracts.nix"))}).rootFunction
      { resourceProviderSystem = "x86_64-linux"; outputValues = ${nixJson(known)}; }`;
    const inputs = await evaluate(`(${root}).members.${path.replaceAll("/", ".members.")}.resource.inputs`);
    return z.record(z.string(), z.unknown()).parse(inputs);
  };
  const results = async (known?: unknown): Promise<unknown> =>
    JSON.parse(String((await inputsOf("reader", known))["content"]));

  const file = { owner: "forum", group: "root", mode: "0400", restartUnits: ["forum.service"] };

  test("has the result from the outputs of its members", async () => {
    expect(await results()).toMatchObject({
      forum: {
        adminPassword: { path: "/run/admin" },
        database: {
          host: "db.example.org",
          port: 5432,
          name: "forum",
          user: "forum_owner",
          passwordPath: "/run/database",
          sslmode: "verify-full",
          ca: null,
        },
        bucket: {
          endpoint: "https://s3.example.org",
          region: "garage",
          usePathStyle: true,
          bucketName: "forum-media",
          websiteHost: "forum-media.web.example.org",
          accessKeyId: "GK31c2f218a2e44f485b94239e",
          secretKeyPath: "/run/s3",
        },
        dns: { fqdn: "forum.example.org" },
        account: {
          host: "lldap.example.org",
          port: 6360,
          tls: true,
          bindDn: "uid=forum-ldap,ou=people,dc=example,dc=org",
          baseDn: "dc=example,dc=org",
          memberFilter: "(memberof=cn=forum,ou=groups,dc=example,dc=org)",
          passwordPath: "/run/ldap",
        },
      },
    });
  });

  test.each([
    [
      "admin_password/file",
      { ...file, mode: "0440", path: "/run/nixops4-secrets/forum/admin-password", source: refTo("admin") },
    ],
    ["database/password/file", { ...file, path: "/run/nixops4-secrets/forum/database", source: refTo("database") }],
    ["bucket/secretKey", { ...file, path: "/run/nixops4-secrets/forum-media/s3", source: refTo("s3") }],
    ["account/password/file", { ...file, path: "/run/nixops4-secrets/forum-ldap/ldap", source: refTo("ldap") }],
  ])("writes the secret as the request demands: %s", async (member, inputs) => {
    expect(await inputsOf(member)).toMatchObject(inputs);
  });

  test.each([
    ["database/role", { name: "forum_owner", login: true, password: refTo("database") }],
    ["database/database", { name: "forum", owner: "forum_owner" }],
    ["database/extensions/pg_trgm", { name: "pg_trgm", database: "forum" }],
    [
      "bucket/bucket",
      { name: "forum-media", website: {}, corsRules: [{ allowedOrigins: ["https://forum.example.org"] }] },
    ],
    ["bucket/key", { secretName: "forum-media/s3", store: { directory: { folder: "/srv/secrets" } } }],
    ["bucket/grant", { keys: [{ accessKeyId: "GK31c2f218a2e44f485b94239e", read: true, write: true, owner: false }] }],
    ["dns/records", { name: "forum.example.org", type: "A", values: ["192.0.2.1"], ttlSeconds: 300 }],
    ["account/account", { id: "forum-ldap", password: refTo("ldap") }],
    ["account/group", { name: "forum" }],
  ])("creates what the request names: %s", async (member, inputs) => {
    expect(await inputsOf(member)).toMatchObject(inputs);
  });

  test.each([
    ["the extensions", { ...outputs, database: { ...outputs.database, extensions: {} } }, "version"],
    ["the permissions of the key", { ...outputs, bucket: { ...outputs.bucket, grant: {} } }, "bucketId"],
    ["the file", { ...outputs, admin_password: { secret: { ref: refTo("admin") } } }, "path"],
  ])("has no result before %s", async (_, known, output) => {
    await expect(results(known)).rejects.toThrow(new RegExp(`outputs\\.${output}' was accessed but has no value`));
  });

  test("gives a tool on the host commands that read the password from a file", async () => {
    const connection =
      "env PGHOST=db.example.org PGPASSFILE=/run/pgpass PGPORT=5432 PGSSLMODE=verify-full PGSSLROOTCERT=system PGUSER=forum_owner";
    expect(await results()).toMatchObject({
      backup: {
        user: "backup",
        backupName: "forum.dump",
        backupCmd: `${connection} pg_dump --no-password '--format=custom' '--extension=plpgsql' --blobs --dbname forum`,
        restoreCmd: `${connection} pg_restore --no-password --clean --if-exists --no-owner --single-transaction --exit-on-error --dbname forum`,
      },
    });
    expect(await inputsOf("backup/passfile")).toMatchObject({
      path: "/run/nixops4-secrets/forum/pgpass",
      owner: "backup",
      mode: "0400",
      template: { text: "*:*:*:*:{{ password }}\n", secrets: { password: refTo("database") } },
    });
  });
});
