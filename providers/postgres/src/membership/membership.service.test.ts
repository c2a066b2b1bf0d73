import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { DeployedResource, Message } from "@nixops4-resources/protocol-core/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import { deployed, main } from "../testing/deployment.ts";
import membership from "./membership.ts";

/** All memberships in the roles of these tests, with their options and grantors, and without object ids. */
const snapshotMemberships = (backend: PostgresBackend): Promise<unknown> =>
  backend.run(`
    select roleid::regrole::text as role, member::regrole::text as member,
      to_jsonb(m) - '{oid,roleid,member,grantor}'::text[] || jsonb_build_object('grantor', grantor::regrole) as options
    from pg_auth_members m where pg_get_userbyid(roleid) like '${backend.prefix}\\_%' order by 1, 2, grantor`);

describePostgres("a membership granted by an account with CREATEROLE and CREATEDB", (server, version) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "memberadmin",
    account: "admin",
    prepare: ['create role "memberadmin_Gröup"', "create role memberadmin_person", "create role memberadmin_other"],
    snapshot: snapshotMemberships,
  });
  const hasGrantOptions = version >= 16;
  testResource(membership, {
    main,
    throughWorker: "killed",
    backend: () => startBackend(server()),
    reached: "network",
    ...(version === 15 && { notDisturbed: "PostgreSQL 18 runs the same code and is disturbed." }),
    oneBrokenConnection: "The contract of `role` tries all of them.",
    want: { role: "memberadmin_Gröup", member: "memberadmin_person" },
    changed: { admin: true, ...(hasGrantOptions && { inherit: false, set: false }) },
    ...(!hasGrantOptions && {
      notChanged: {
        inherit: "before PostgreSQL 16 the member's own `inherit` decides; tested below",
        set: "PostgreSQL before 16 does not have this option; tested below",
      },
    }),
    immutable: { role: "memberadmin_other", member: "memberadmin_other" },
    drift: {
      admin: async (backend) => {
        await backend.runAsAccount('grant "memberadmin_Gröup" to memberadmin_person with admin option');
      },
    },
  });
});

const pair = { role: "member_group", member: "member_person" };

const mark = (managedBy: string): string =>
  `comment on role member_person is 'nixops4:{"v":1,"managedBy":"${managedBy}","type":"role"}'`;

/** A backend with a group, a person and another role, and the membership of the person in the group. */
function useMembership(server: () => PostgresAddress) {
  const startBackend = PostgresBackend.prepare({
    prefix: "member",
    account: "admin",
    prepare: ["create role member_group", "create role member_person", "create role member_other"],
    snapshot: snapshotMemberships,
  });
  const backend = useBackend(() => startBackend(server()));
  const membershipOf = (more: Message = {}): DeployedResource =>
    deployed(backend(), "membership", { ...pair, ...more });
  return { backend, membershipOf };
}

describePostgres("a membership", (server, version) => {
  const { backend, membershipOf } = useMembership(server);
  /** The members of the group and who granted it to them, without the account itself. */
  const members = (): Promise<unknown> =>
    backend().run(`
      select member::regrole::text as member, grantor::regrole::text as grantor from pg_auth_members
      where roleid = 'member_group'::regrole and member <> 'member_admin'::regrole order by 1, 2`);
  const isMember = async (): Promise<boolean> => {
    const [row] = await backend().run("select pg_has_role('member_person', 'member_group', 'member') as is");
    return row?.["is"] === true;
  };

  test("applies the example of the documentation", async () => {
    await backend().run("grant pg_monitor to member_admin with admin option");
    const { role, ...options } = membership.example;
    const example = membershipOf({ ...options, role, member: "member_person" });
    expect((await example.create({})).outcome).toBe("created");
    expect(await backend().run("select pg_has_role('member_person', 'pg_monitor', 'usage') as may")).toEqual([
      { may: true },
    ]);
    expect((await example.create({})).outcome).toBe("unchanged");
    expect((await example.destroy({})).outcome).toBe("deleted");
  });

  test.each(["shop", "other"])(
    "is rejected if the deployment %s manages the member, and writes nothing",
    async (by) => {
      await backend().run(mark(by));
      const { error } = await membershipOf().create({});
      expect(error).toBe(
        `[postgres.membership.managed] Unable to update membership of member_person in member_group: ` +
          `the deployment ${by} manages the role member_person, and \`memberOf\` of that \`role\` resource ` +
          `would revoke a membership that it does not list.\n` +
          `Hint: Add { role = "member_group"; } to \`memberOf\` of the \`role\` resource member_person, ` +
          `and remove this \`membership\` resource.`,
      );
      expect((await membershipOf().plan({})).body).toMatchObject({ action: "refuse" });
      expect(await isMember()).toBe(false);
    },
  );

  test("is left to a `role` resource that adopts the member and lists the membership", async () => {
    await membershipOf().create({});
    const role = deployed(backend(), "role", { name: "member_person" });
    expect((await role.create({ adopt: true, memberOf: [{ role: "member_group" }] })).outcome).toBe("adopted");
    expect((await membershipOf().create({})).error).toContain("[postgres.membership.managed]");
    expect((await membershipOf().destroy({})).error).toBeUndefined();
    expect(await isMember()).toBe(true);
  });

  test("keeps the grants of others on PostgreSQL 16 and later; before, there is one grant for all", async () => {
    await backend().run("grant member_group to member_person");
    expect((await membershipOf().create({})).outcome).toBe(version >= 16 ? "created" : "unchanged");
    expect((await membershipOf().create({})).outcome).toBe("unchanged");
    const superuser = { member: "member_person", grantor: "postgres" };
    const ours = { member: "member_person", grantor: "member_admin" };
    expect(await members()).toEqual(version >= 16 ? [ours, superuser] : [superuser]);
    expect((await membershipOf().destroy({})).outcome).toBe("deleted");
    expect(await members()).toEqual(version >= 16 ? [superuser] : []);
  });

  test("is granted by an inherited right, and revoked after the account got the right itself", async () => {
    await backend().run("create role member_boss; grant member_boss to member_admin with admin option");
    await backend().run(
      "revoke member_group from member_admin cascade; grant member_group to member_boss with admin option",
    );
    expect((await membershipOf().create({})).outcome).toBe("created");
    await backend().run("grant member_group to member_admin with admin option");
    expect((await membershipOf().create({})).outcome).toBe("unchanged");
    expect((await membershipOf().destroy({})).outcome).toBe("deleted");
    expect(await isMember()).toBe(false);
  });

  test.each([
    ["a missing member", { member: "member_nobody" }, "[postgres.role.missing]", "member_nobody"],
    ["a missing role", { role: "member_nobody" }, "[postgres.role.missing]", "member_nobody"],
    ["a role that the account does not administer", { role: "postgres" }, "[postgres.permission.denied]", "postgres"],
    ["a circle", { role: "member_person", member: "member_group" }, "[postgres.statement.refused]", "is a member of"],
  ])("rejects %s with a hint", async (_name, inputs, code, words) => {
    await membershipOf().create({});
    const { error } = await membershipOf().create(inputs);
    expect(error).toContain(code);
    expect(error).toContain(words);
    expect(error).toContain("\nHint: ");
    expect((await membershipOf().destroy(inputs)).outcome).toBe("unchanged");
  });

  test("20 concurrent creates with different members all succeed", async () => {
    const roles = Array.from({ length: 20 }, (_, index) => `member_role${index}`);
    await backend().run(roles.map((role) => `create role ${role};`).join("\n"));
    const replies = await Promise.all(roles.map((member) => membershipOf({ member }).create({})));
    expect(replies.map(({ error, outcome }) => error ?? outcome)).toEqual(roles.map(() => "created"));
  });
});

describePostgres(
  "a membership before PostgreSQL 16",
  (server) => {
    const { backend, membershipOf } = useMembership(server);

    test("rejects `inherit` that is not the member's own, and `set`", async () => {
      await backend().run("alter role member_person noinherit");
      const { error } = await membershipOf().create({});
      expect(error).toContain("[postgres.version.unsupported]");
      expect(error).toContain("\nHint: Set `inherit = false` on this membership");
      expect((await membershipOf({ inherit: false }).create({})).outcome).toBe("created");
      expect((await membershipOf({ inherit: false, set: false }).create({})).error).toContain(
        "\nHint: Remove `set = false`",
      );
      expect((await membershipOf().destroy({})).outcome).toBe("deleted");
    });
  },
  [15],
);

describePostgres(
  "a membership from PostgreSQL 16 on",
  (server) => {
    const { backend, membershipOf } = useMembership(server);

    test("keeps a membership that the member has granted to others, and names the command", async () => {
      await membershipOf({ admin: true }).create({});
      await backend().run("set role member_person; grant member_group to member_other; reset role");
      for (const { error } of [await membershipOf().create({}), await membershipOf().destroy({})]) {
        expect(error).toMatch(
          /^\[postgres\.membership\.passedOn\] Unable to (update|delete) membership of member_person in member_group: /,
        );
        expect(error).toContain(
          "member_person has used its `admin` to grant membership in member_group to member_other",
        );
      }
      const { error = "" } = await membershipOf().destroy({});
      const [, command = ""] = /\nHint: Run: (.*)\.$/.exec(error) ?? [];
      await backend().run(command);
      expect((await membershipOf().destroy({})).outcome).toBe("deleted");
    });
  },
  [18],
);
