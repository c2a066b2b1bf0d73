import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { matchesVerifier } from "@nixops4-resources/protocol-postgres/scram";
import { makeSecretFile, PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";
import { main } from "../testing/deployment.ts";
import role from "./role.ts";

const [first, second] = [makeSecretFile(), makeSecretFile()];

/**
 * All properties of the test's roles. A password appears as its variable's name, since the salt differs on each run.
 */
async function snapshotRoles(backend: PostgresBackend): Promise<unknown> {
  const rows = await backend.run<{ role: Record<string, unknown>; password: string | null }>(`
    select rolpassword as password, to_jsonb(r) - '{oid,rolpassword}'::text[] || jsonb_build_object(
      'comment', shobj_description(r.oid, 'pg_authid'),
      'rolvaliduntil', nullif(rolvaliduntil, 'infinity'),
      'settings', (select jsonb_agg(one order by one) from pg_db_role_setting, unnest(setconfig) one where setrole = r.oid),
      'memberOf', (
        select jsonb_agg(to_jsonb(m) - '{oid,roleid,member,grantor}'::text[] || jsonb_build_object(
          'role', m.roleid::regrole, 'grantor', m.grantor::regrole) order by m.roleid::regrole::text, m.grantor)
        from pg_auth_members m where m.member = r.oid)) as role
    from pg_authid r where rolname like '${backend.prefix}\\_%' order by rolname`);
  return await Promise.all(
    rows.map(async ({ role: { rolname, ...columns }, password }) => ({
      rolname,
      ...columns,
      password: rolname === backend.account ? "the account's own" : await nameOf(password),
    })),
  );
}

async function nameOf(stored: string | null): Promise<string | null> {
  if (stored === null || stored.startsWith("md5")) return stored;
  for (const [name, { value }] of Object.entries({ first, second })) {
    if (await matchesVerifier(value, stored)) return name;
  }
  return "another";
}

const disturbedElsewhere = {
  notDisturbed: "Each account is disturbed on one version, and each version with one account.",
};

describePostgres("a role created by a superuser", (server, version) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "rolesuper",
    account: "superuser",
    prepare: ["create role rolesuper_group", "create role rolesuper_other"],
    snapshot: snapshotRoles,
    secrets: [first, second],
  });
  testResource(
    role,
    {
      main,
      backend: () => startBackend(server()),
      reached: "network",
      ...(version === 18 && disturbedElsewhere),
      oneBrokenConnection: "The other account tries all of them.",
      want: {
        name: 'rolesuper_"Ä p"',
        login: true,
        password: { file: first.file },
        allowSuperuser: true,
        memberOf: [{ role: "rolesuper_group" }],
        settings: { work_mem: "8MB", search_path: '"$user", app' },
      },
      changed: {
        login: false,
        password: { file: second.file },
        connectionLimit: 5,
        validUntil: "2031-05-06T07:08:09+02:00",
        createdb: true,
        createrole: true,
        replication: true,
        bypassrls: true,
        superuser: true,
        memberOf: [{ role: "rolesuper_other", admin: true }],
        settings: { search_path: "app", timezone: "UTC" },
      },
      notChanged: {
        inherit: "before PostgreSQL 16, the membership changes with it; tested in behaviour.service.test.ts",
        allowSuperuser: "it permits a change of another input and is not stored on the server",
        reassignOwnedTo: "it has an effect only in a destroy; tested in reassign.service.test.ts",
      },
      immutable: { name: "rolesuper_renamed" },
      drift: {
        login: (backend) => run(backend, "alter role % nologin"),
        password: (backend) =>
          run(backend, "set password_encryption = md5; alter role % password 'by hand'; reset password_encryption"),
        memberOf: (backend) =>
          run(backend, "revoke rolesuper_group from %; grant rolesuper_other to % with admin option"),
        settings: (backend) =>
          run(
            backend,
            "alter role % reset work_mem; alter role % set search_path = app; alter role % set datestyle = german",
          ),
      },
      makeUnmarked: (backend) => run(backend, "create role % password null"),
      makeMore: (backend) =>
        run(
          backend,
          "alter role % superuser createdb connection limit 3; grant rolesuper_other to %; alter role % set jit = off",
        ),
    },
    { openTofu: version === 18 ? "always" : "whole contract" },
  );
});

describePostgres("a role created by an account with CREATEROLE", (server, version) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "roleadmin",
    account: "admin",
    prepare: ["create role roleadmin_group", "create role roleadmin_other"],
    snapshot: snapshotRoles,
    secrets: [first, second],
  });
  testResource(role, {
    main,
    backend: () => startBackend(server()),
    reached: "network",
    ...(version === 15 && {
      ...disturbedElsewhere,
      oneBrokenConnection: "PostgreSQL 18 tries all of them, with the same code.",
    }),
    want: { name: "roleadmin_app", login: true, password: { file: first.file } },
    changed: {
      login: false,
      password: { file: second.file },
      connectionLimit: 5,
      validUntil: "2031-05-06T07:08:09Z",
      createdb: true,
      createrole: true,
      memberOf: [{ role: "roleadmin_other" }, { role: "roleadmin_group", admin: true }],
      settings: { statement_timeout: "60s" },
    },
    notChanged: {
      inherit: "before PostgreSQL 16, the memberships change with it; tested in behaviour.service.test.ts",
      replication: "only a superuser may set it",
      bypassrls: "only a superuser may set it",
      superuser: "only a superuser may set it",
      allowSuperuser: "it permits a change of another input and is not stored on the server",
      reassignOwnedTo: "it has an effect only in a destroy; tested in reassign.service.test.ts",
    },
    immutable: { name: "roleadmin_renamed" },
    drift: {
      password: (backend) => run(backend, "alter role % password 'by hand'"),
      connectionLimit: (backend) => run(backend, "alter role % connection limit 1"),
    },
    makeUnmarked: (backend) => backend.runAsAccount("create role roleadmin_app").then(() => undefined),
    makeMore: async (backend) => {
      await backend.runAsAccount("grant roleadmin_other to roleadmin_app");
      await run(backend, "alter role % createdb; alter role % set work_mem = '9MB'");
    },
  });
});

/** Runs SQL past the provider. % stands for the role under test. */
async function run(backend: PostgresBackend, sql: string): Promise<void> {
  const name = backend.prefix === "rolesuper" ? '"rolesuper_""Ä p"""' : "roleadmin_app";
  await backend.run(sql.replaceAll("%", name));
}
