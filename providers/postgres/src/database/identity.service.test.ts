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
import { deployed } from "../testing/deployment.ts";

const name = "dbsite_shop";
const [social, other] = ["social.example.org", "other.example.org"];

/** The comment of a database that the deployment `shop` manages. */
const markWith = (more: Message): string =>
  `nixops4:${JSON.stringify({ v: 1, managedBy: "shop", type: "database", ...more })}`;

describePostgres("the identity of a database", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "dbsite",
    account: "superuser",
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const database = (more: Message = {}): DeployedResource => deployed(backend(), "database", { name, ...more });
  const comment = async (): Promise<unknown> => {
    const query = `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = '${name}'`;
    return (await backend().run(query))[0]?.["comment"];
  };
  const setComment = (text: string): Promise<unknown> => backend().run(`comment on database ${name} is '${text}'`);
  /** No request writes; the plan refuses for the same reason as the apply. */
  const expectRefused = async (requests: (() => Promise<DeploymentReply>)[], stored = social): Promise<void> => {
    const [before, writes] = [await comment(), await backend().writes()];
    for (const request of requests) {
      const { body, error } = await request();
      const text = error ?? String(body["reason"]);
      if (error === undefined) expect(body).toMatchObject({ action: "refuse" });
      else expect(error).toMatch(/^\[postgres\.database\.identity\] Unable to update database dbsite_shop: /);
      expect(text).toContain(`it holds the data of the site ${stored}, and \`identity\` is ${other};`);
      expect(text).toContain("know a site by its name permanently");
      expect(text).toContain(`Set \`identity = "${stored}"\``);
      expect(text).toContain("`newSite = true`");
    }
    expect(await comment()).toBe(before);
    expect(await backend().writes()).toEqual(writes);
  };

  test("is stored in the mark when the database is created, and listed", async () => {
    const created = await database().create({ identity: social });
    expect([created.outcome, created.outputs["identity"]]).toEqual(["created", social]);
    expect(await comment()).toBe(markWith({ identity: social }));
    expect((await database().create({ identity: social })).outcome).toBe("unchanged");
    expect((await database().list()).body).toMatchObject({
      resources: [{ label: name, inputProperties: { name, identity: social } }],
    });
  });

  test("does not change to another one: plan and create refuse, and keep the rest unchanged too", async () => {
    await database().create({ identity: social });
    const asked = { identity: other, connectionLimit: 5 };
    await expectRefused([() => database().plan(asked), () => database().create(asked)]);
    expect((await database().plan(asked)).body["differences"]).toContainEqual({
      field: "identity",
      current: social,
      wanted: other,
    });
  });

  test.each([{ identity: social }, { identity: other }, { identity: null }, {}])(
    "does not change to another one with a state that remembers %j: the mark decides",
    async (previous) => {
      await database().create({ identity: social });
      const asked = { identity: other };
      await expectRefused([() => database().plan(asked, previous), () => database().update(previous, asked)]);
      expect((await database().update(previous, { identity: social })).outcome).toBe("unchanged");
    },
  );

  test("is kept if the input is null, by a create and by an update", async () => {
    await database().create({ identity: social });
    const again = await database().create({});
    expect([again.outcome, again.outputs["identity"]]).toEqual(["unchanged", social]);
    expect((await database().plan({}, { identity: social })).body).toMatchObject({ action: "none", differences: [] });
    expect((await database().update({ identity: social }, { identity: null })).outcome).toBe("unchanged");
    expect((await database().update({ identity: social }, { connectionLimit: 5 })).outcome).toBe("updated");
    expect(await comment()).toBe(markWith({ identity: social }));
  });

  test("is added later to a mark without one, as an older version wrote it, and other members stay", async () => {
    await database().create({});
    expect(await comment()).toBe(markWith({}));
    await setComment(`Ask Ada.\n${markWith({ ofAnotherVersion: 1 })}`);
    const differences = [{ field: "identity", current: null, wanted: social }];
    expect((await database().plan({ identity: social })).body).toMatchObject({ action: "update", differences });
    expect((await database().update({}, { identity: social })).outcome).toBe("updated");
    expect(await comment()).toBe(`Ask Ada.\n${markWith({ ofAnotherVersion: 1, identity: social })}`);
    await expectRefused([() => database().create({ identity: other })]);
  });

  test("is not replaced if its value in the mark is damaged", async () => {
    await database().create({});
    await setComment(markWith({ identity: { of: social } }));
    const { error } = await database().create({ identity: social });
    expect(error).toMatch(/^\[postgres\.database\.identity\].* the site \{"of":"social\.example\.org"\}, and/);
    expect((await database().create({})).outcome).toBe("unchanged");
  });

  describe("with `newSite`", () => {
    test.each(["create", "update"] as const)("changes by %s, and the data stays", async (verb) => {
      await database().create({ identity: social });
      await backend().runIn(name, "create table accounts ()");
      const asked = { identity: other, newSite: true };
      expect((await database().plan(asked)).body).toMatchObject({
        action: "update",
        differences: [{ field: "identity", current: social, wanted: other }],
      });
      const change = () =>
        verb === "create" ? database().create(asked) : database().update({ identity: social }, asked);
      expect((await change()).outcome).toBe("updated");
      expect(await comment()).toBe(markWith({ identity: other }));
      expect(await backend().runIn(name, "select from accounts")).toEqual([]);

      expect((await database().create(asked)).outcome).toBe("unchanged");
      expect((await database().update(asked, { identity: other })).outcome).toBe("unchanged");
    });

    test("protects the new identity as soon as it is removed", async () => {
      await database().create({ identity: social });
      await database().create({ identity: "third.example.org", newSite: true });
      await expectRefused([() => database().create({ identity: other })], "third.example.org");
    });

    test("keeps the identity if the input is null", async () => {
      await database().create({ identity: social });
      expect((await database().create({ newSite: true })).outcome).toBe("unchanged");
      expect(await comment()).toBe(markWith({ identity: social }));
    });
  });

  describe("when the database is adopted", () => {
    test("is added to the new mark of a database without one", async () => {
      await backend().run(`create database ${name}`);
      expect((await database().create({ adopt: true, adoptLowers: true, identity: social })).outcome).toBe("adopted");
      expect(await comment()).toBe(markWith({ adopted: true, identity: social }));
    });

    test("is that of the other deployment: another one is refused before anything is written", async () => {
      await database({ managedBy: "other" }).create({ identity: social });
      const asked = { adoptFrom: "other", identity: other };
      await expectRefused([
        () => database().plan(asked),
        () => database().create(asked),
        () => database().update({ identity: other }, asked),
      ]);
    });

    test.each([{ identity: social }, { identity: null }])("is kept from the other deployment by %j", async (asked) => {
      await database({ managedBy: "other" }).create({ identity: social });
      expect((await database().create({ adoptFrom: "other", ...asked })).outcome).toBe("adopted");
      expect(await comment()).toBe(markWith({ adopted: true, identity: social }));
      await expectRefused([() => database().create({ identity: other })]);
    });

    test("is replaced with `newSite`", async () => {
      await database({ managedBy: "other" }).create({ identity: social });
      const asked = { adoptFrom: "other", identity: other, newSite: true };
      expect((await database().create(asked)).outcome).toBe("adopted");
      expect(await comment()).toBe(markWith({ adopted: true, identity: other }));
    });
  });

  describe("of two requests for different ones", () => {
    /** The first call after the login and the look, and the one after it. */
    test.each([5, 6])("is set by one only, if the first pauses between look and write (call %i)", async (call) => {
      await database().create({});
      let overtaking: Promise<DeploymentReply> | undefined;
      await using proxy = await CallProxy.observe(server(), async (number) => {
        if (number !== call) return;
        overtaking = database().create({ identity: other });
        await Promise.race([overtaking, pause(2500)]);
      });
      const connection = { ...backend().connection, ...proxy.endpoint };
      const paused = await database({ connection }).create({ identity: social });
      if (overtaking === undefined) throw new Error(`There was no call ${call}.`);
      const replies = [paused, await overtaking];
      expect(replies.filter(({ outcome }) => outcome === "updated")).toHaveLength(1);
      expect(replies.find(({ error }) => error !== undefined)?.error).toMatch(/^\[postgres\.database\.identity\]/);
      expect(await comment()).toBe(markWith({ identity: paused.error === undefined ? social : other }));
    });

    test("is set by one only, if both create the database", async () => {
      const replies = await Promise.all([social, other].map((identity) => database().create({ identity })));
      const errors = replies.flatMap(({ error }) => error ?? []);
      expect(errors).toEqual([expect.stringMatching(/^\[postgres\.database\.identity\]/)]);
    });
  });
});
