import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { PostgresBackend, type Account } from "@nixops4-resources/protocol-postgres/testing";
import database from "./database.ts";
import { main } from "../testing/deployment.ts";

/** All properties of the test's databases, the account's memberships, and unfinished databases. */
async function snapshotDatabases(backend: PostgresBackend): Promise<unknown> {
  return await backend.run(`
    select datname, pg_get_userbyid(datdba) as owner, encoding, datcollate, datctype, datlocprovider, datconnlimit,
           datallowconn, datacl::text as acl, shobj_description(d.oid, 'pg_database') as comment,
           (select jsonb_agg(one order by one) from pg_db_role_setting, unnest(setconfig) one where setdatabase = d.oid)
             as settings,
           (select jsonb_agg(m.roleid::regrole::text || (to_jsonb(m) - '{oid,roleid,member,grantor}'::text[])::text
                             order by m.roleid::regrole::text, m.admin_option)
            from pg_auth_members m where m.member = '${backend.account}'::regrole) as "memberships of the account"
    from pg_database d
    where datname like '${backend.prefix}\\_%' or datname like 'nixops4-pending-%'
    order by datname`);
}

/** What a `role` resource does for an account that is not superuser. Before PostgreSQL 16, the account inherits too. */
const grantToSelf = (role: string): string => `
  do $$ begin
    if current_setting('server_version_num')::int >= 160000 then
      execute 'grant ${role} to current_user with set true, inherit false';
    else
      execute 'grant ${role} to current_user';
    end if;
  end $$`;

function testDatabase(prefix: string, account: Account): void {
  const name = `${prefix}_shöp "1"`;
  const startBackend = PostgresBackend.prepare({
    prefix,
    account,
    prepare: ["owner", "heir"].flatMap((role) => {
      const creation = `create role ${prefix}_${role}`;
      return account === "superuser" ? [creation] : [creation, grantToSelf(`${prefix}_${role}`)];
    }),
    snapshot: snapshotDatabases,
  });
  const runOnDatabase = async (backend: PostgresBackend, sql: string): Promise<void> => {
    await backend.run(sql.replaceAll("%", `"${name.replaceAll('"', '""')}"`));
  };
  describePostgres(`a database created by ${account}`, (server, version) => {
    const isDisturbed = (account === "admin") === (version === 15);
    testResource(database, {
      main,
      backend: () => startBackend(server()),
      reached: "network",
      ...(!isDisturbed && {
        notDisturbed: "Each account is disturbed on one version, and each version with one account.",
      }),
      oneBrokenConnection: "The contract of `role` tries all of them.",
      want: {
        name,
        template: "template0",
        owner: `${prefix}_owner`,
        settings: { statement_timeout: "60s" },
        locale: "C",
        identity: "one.example.org",
        // Without it, the contract could not change the identity; identity.service.test.ts tests what it then refuses.
        newSite: true,
      },
      changed: {
        owner: `${prefix}_heir`,
        connectionLimit: 5,
        allowConnections: false,
        revokePublicConnect: false,
        settings: { search_path: "app, public" },
        identity: "two.example.org",
      },
      notChanged: { newSite: "A permission for the change of `identity`; the server does not store it." },
      immutable: {
        name: `${prefix}_renamed`,
        encoding: "LATIN1",
        localeProvider: "icu",
        locale: "C.UTF-8",
        lcCollate: "C.UTF-8",
        lcCtype: "C.UTF-8",
        template: "template1",
      },
      drift: {
        owner: (backend) => runOnDatabase(backend, `alter database % owner to ${prefix}_heir`),
        connectionLimit: (backend) => runOnDatabase(backend, "alter database % connection limit 1"),
        allowConnections: (backend) => runOnDatabase(backend, "alter database % allow_connections false"),
        revokePublicConnect: (backend) => runOnDatabase(backend, "grant connect on database % to public"),
        settings: (backend) =>
          runOnDatabase(backend, "alter database % reset all; alter database % set work_mem = '9MB'"),
        identity: (backend) =>
          runOnDatabase(
            backend,
            `comment on database % is 'nixops4:{"v":1,"managedBy":"contract","type":"database","identity":"three.example.org"}'`,
          ),
      },
      makeUnmarked: async (backend) => {
        const quoted = `"${name.replaceAll('"', '""')}"`;
        await backend.runAsAccount(`create database ${quoted} template template0 locale 'C'`);
        await backend.runAsAccount(`revoke connect on database ${quoted} from public`);
      },
      makeMore: (backend) =>
        runOnDatabase(backend, "grant connect on database % to public; alter database % set work_mem = '9MB'"),
    });
  });
}

testDatabase("dbsuper", "superuser");
testDatabase("dbadmin", "admin");
