import { expect, test } from "vitest";
import { markerOf } from "../bucket/marker.ts";
import { testKey } from "../testing/admin.ts";
import { describeGarage } from "../testing/describe-garage.ts";
import { declared, useGrants } from "../testing/grants.ts";

const [app, backup, other] = [testKey("app"), testKey("backup"), testKey("other")];

describeGarage(
  "an exclusive grant",
  (server) => {
    const { admin, grant, may, allow } = useGrants(server, { buckets: ["media"], keys: [app, backup, other] });
    const alone = { keys: [declared(app, "read", "write")], exclusive: true };
    const mark = async (managedBy: string): Promise<void> => {
      const { id } = await admin().bucket("media");
      await admin().addAlias(id, markerOf({ managedBy, name: "media" }, "created"));
    };

    test("removes the permissions of all other keys", async () => {
      await mark("shop");
      await allow("media", backup, { read: true });
      await allow("media", other, { write: true, owner: true });
      const { body } = await grant("media").plan(alone);
      const current = expect.arrayContaining([expect.objectContaining({ accessKeyId: other.accessKeyId })]);
      expect(body).toMatchObject({ action: "update", differences: [{ field: "keys", current }] });
      const { outcome, outputs } = await grant("media").create(alone);
      expect(outcome).toBe("updated");
      expect(outputs).toMatchObject({ writers: [app.accessKeyId], owners: [] });
      expect([await may("media", app), await may("media", backup), await may("media", other)]).toEqual([
        "rw-",
        "---",
        "---",
      ]);
      expect((await grant("media").create(alone)).outcome).toBe("unchanged");
    });

    test.each(["without a mark", "with the mark of another deployment", "with contradicting marks"])(
      "is rejected on a bucket %s, also by plan",
      async (which) => {
        if (which !== "without a mark") await mark("forum");
        if (which === "with contradicting marks") await mark("shop");
        await allow("media", other, { read: true });
        const { error } = await grant("media").create(alone);
        expect(error).toContain("[garage.grant.exclusive]");
        expect(error).toContain("shop does not manage the bucket media");
        expect(error).toContain("Hint: Declare the bucket in this deployment");
        expect((await grant("media").plan(alone)).body).toMatchObject({
          action: "refuse",
          reason: expect.stringContaining("shop does not manage the bucket media"),
        });
        expect([await may("media", app), await may("media", other)]).toEqual(["---", "r--"]);
      },
    );

    test("is rejected on a bucket without a mark if no key has a permission", async () => {
      expect((await grant("media").create(alone)).error).toContain("[garage.grant.exclusive]");
      expect(await may("media", app)).toBe("---");
    });

    test("is destroyed without the mark, and keeps the permissions of other keys", async () => {
      await mark("shop");
      await grant("media").create(alone);
      const { id } = await admin().bucket("media");
      await admin().removeAlias(id, markerOf({ managedBy: "shop", name: "media" }, "created"));
      await allow("media", other, { read: true });
      expect((await grant("media").destroy(alone)).outcome).toBe("deleted");
      expect([await may("media", app), await may("media", other)]).toEqual(["---", "r--"]);
    });
  },
  ["2.5.0", "1.3.0"],
);
