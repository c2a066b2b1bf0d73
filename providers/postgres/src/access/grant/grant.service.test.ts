import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import grant from "./grant.ts";
import { snapshotDatabase } from "../../testing/database-snapshot.ts";
import { deployed, main } from "../../testing/deployment.ts";
import { schemaToGrantOn, useGrants } from "../../testing/grants.ts";
import { mayActAs } from "../../testing/may-act-as.ts";

describePostgres("a grant by an account with CREATEROLE and CREATEDB that owns nothing", (server, version) => {
  const database = "grantadmin_shop";
  const startBackend = PostgresBackend.prepare({
    prefix: "grantadmin",
    account: "admin",
    prepare: [
      ...["owner", "reader", "writer"].map((role) => `create role grantadmin_${role}`),
      mayActAs("grantadmin_owner"),
    ],
    database: {
      name: database,
      prepare: [
        `alter database ${database} owner to grantadmin_owner`,
        `set role grantadmin_owner; ${schemaToGrantOn}`,
      ],
    },
    snapshot: (backend) => snapshotDatabase(backend, database),
  });
  const privileges = ["SELECT", "INSERT"] as const;
  testResource(grant, {
    main,
    backend: () => startBackend(server()),
    reached: "network",
    ...(version === 15 && { notDisturbed: "PostgreSQL 18 receives the same statements and is disturbed." }),
    oneBrokenConnection: "The contract of `role` tries all of them.",
    want: {
      database,
      objectType: "table",
      schema: "app",
      object: "orders",
      grants: {
        grantadmin_reader: { privileges: [...privileges], grantable: ["SELECT"] },
        grantadmin_writer: { privileges: ["ALL"] },
        PUBLIC: { privileges: ["SELECT"] },
      },
    },
    changed: { grants: { grantadmin_reader: { privileges: ["SELECT"] } } },
    notChanged: { exclusive: "it has no value on the server; tested in exclusive.service.test.ts" },
    immutable: {
      database: "grantadmin_other",
      objectType: "sequence",
      schema: "public",
      object: "customers",
      columns: ["id"],
    },
    drift: {
      grants: async (backend) => {
        await backend.runIn(database, "revoke select on app.orders from public");
      },
    },
  });
});

describePostgres("a grant", (server) => {
  const { grants, reader, run } = useGrants(server, "grants");

  test("ignores the owner's own privileges, also after a change of owner", async () => {
    await run("alter table app.orders owner to grants_owner");
    await grants().create({ grants: { ...reader("SELECT"), grants_owner: { privileges: ["SELECT"] } } });
    await run("alter table app.orders owner to grants_other");
    const { outcome, body } = await grants().create({ grants: reader("SELECT") });
    expect(outcome).toBe("unchanged");
    expect(body).toEqual({ outputProperties: { owner: "grants_other" } });
  });

  test("reports a GRANT that PostgreSQL accepts without effect", async () => {
    const startBackend = PostgresBackend.prepare({
      prefix: "grantless",
      account: "admin",
      snapshot: async () => undefined,
    });
    await using account = await startBackend(server());
    await account.reset();
    await run("grant usage on schema app to grantless_admin");
    const { error } = await deployed(account, "grant", { database: "grants_shop" }).create({
      objectType: "schema",
      schema: "app",
      grants: { PUBLIC: { privileges: ["USAGE"] } },
    });
    await run("revoke all on schema app from grantless_admin");
    expect(error).toContain("[postgres.grant.ineffective]");
    expect(error).toContain("USAGE for PUBLIC was not granted");
    expect(error).toContain("GRANT grants_superuser TO the role of `connection.user`");
  });

  test("20 concurrent grants on one object all succeed", async () => {
    const roles = Array.from({ length: 20 }, (_, index) => `grants_role${index}`);
    await run(roles.map((role) => `create role ${role};`).join("\n"));
    const replies = await Promise.all(
      roles.map((role) =>
        grants({ objectType: "database" }).create({ grants: { [role]: { privileges: ["CREATE"] } } }),
      ),
    );
    expect(replies.map(({ outcome, error }) => error ?? outcome)).toEqual(roles.map(() => "created"));
  });
});
