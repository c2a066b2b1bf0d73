import { setTimeout as pause } from "node:timers/promises";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import {
  CallProxy,
  type DeployedResource,
  type DeploymentReply,
  type Message,
} from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { describe, expect, test } from "vitest";
import { deployed } from "./testing/deployment.ts";

const types = {
  role: "select shobj_description(oid, 'pg_authid') as comment, rolconnlimit as limit from pg_roles where rolname",
  database:
    "select shobj_description(oid, 'pg_database') as comment, datconnlimit as limit from pg_database where datname",
};

/** The first call after the login and the look, and the one after it. */
const holds = [5, 6];

describePostgres("a process that pauses between look and write", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "overtaken",
    account: "superuser",
    prepare: ["create database overtaken_maintenance"],
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const name = "overtaken_shop";

  describe.each(["role", "database"] as const)("about a %s", (type) => {
    const found = async (): Promise<{ comment: string; limit: number } | undefined> =>
      (await backend().run<{ comment: string; limit: number }>(`${types[type]} = '${name}'`))[0];
    const by = (managedBy: string, connection: Message = {}): DeployedResource =>
      deployed(backend(), type, { name, managedBy, connection: { ...backend().connection, ...connection } });

    describe.each(["postgres", "overtaken_maintenance"])("overtaken from the maintenance database %s", (database) => {
      /** Holds the first process at its nth call until the other has finished, or waits for the first. */
      async function overtake(
        call: number,
        paused: (resource: DeployedResource) => Promise<DeploymentReply>,
        overtaking: (other: (managedBy: string) => DeployedResource) => Promise<DeploymentReply>,
      ): Promise<[DeploymentReply, DeploymentReply]> {
        let other: Promise<DeploymentReply> | undefined;
        await using proxy = await CallProxy.observe(server(), async (number) => {
          if (number !== call) return;
          other = overtaking((managedBy) => by(managedBy, { database }));
          await Promise.race([other, pause(2500)]);
        });
        const first = await paused(by("aaa", { ...proxy.endpoint }));
        if (other === undefined) throw new Error(`There was no call ${call}.`);
        return [first, await other];
      }

      test.each(holds)("adopts an object for one of two deployments only (call %i)", async (call) => {
        await backend().run(`create ${type} ${name}`);
        const replies = await overtake(
          call,
          (resource) => resource.create({ adopt: true, adoptLowers: true }),
          (other) => other("bbb").create({ adopt: true, adoptLowers: true }),
        );
        expect(replies.filter(({ error }) => error === undefined)).toHaveLength(1);
        expect(replies.find(({ error }) => error !== undefined)?.error).toMatch(/^\[protocol\.ownership\.foreign\]/);
        const winner = replies[0].error === undefined ? "aaa" : "bbb";
        expect((await found())?.comment).toContain(`"managedBy":"${winner}"`);
      });

      test.each(holds)("keeps what it took over from a deployment that destroys it (call %i)", async (call) => {
        await by("bbb").create({});
        const [taken] = await overtake(
          call,
          (resource) => resource.create({ adoptFrom: "bbb" }),
          (other) => other("bbb").destroy({}),
        );
        expect(taken.error).toBeUndefined();
        expect((await found())?.comment).toContain('"managedBy":"aaa"');
      });

      test.each(holds)("does not destroy what another deployment has taken over (call %i)", async (call) => {
        await by("aaa").create({});
        const [, taken] = await overtake(
          call,
          (resource) => resource.destroy({}),
          (other) => other("bbb").create({ adoptFrom: "aaa" }),
        );
        expect(taken.error).toBeUndefined();
        expect((await found())?.comment).toContain('"managedBy":"bbb"');
      });

      test.each(type === "role" ? holds : [])(
        "does not reassign what belongs to a role that was taken over (call %i)",
        async (call) => {
          await by("aaa").create({});
          await backend().run("create role overtaken_dba");
          await backend().run("create database overtaken_data owner overtaken_shop");
          const [, taken] = await overtake(
            call,
            (resource) => resource.destroy({ reassignOwnedTo: "overtaken_dba", deletion: "delete" }),
            (other) => other("bbb").create({ adoptFrom: "aaa" }),
          );
          expect(taken.error).toBeUndefined();
          const owner = await backend().run(
            "select datdba::regrole::text as owner from pg_database where datname = 'overtaken_data'",
          );
          expect(owner).toEqual([{ owner: "overtaken_shop" }]);
        },
      );

      test.each(holds)("does not change what another deployment has taken over (call %i)", async (call) => {
        await by("aaa").create({});
        await overtake(
          call,
          (resource) => resource.create({ connectionLimit: 5 }),
          (other) => other("bbb").create({ adoptFrom: "aaa", connectionLimit: 9 }),
        );
        expect(await found()).toMatchObject({ comment: expect.stringContaining('"managedBy":"bbb"'), limit: 9 });
      });
    });
  });
});
