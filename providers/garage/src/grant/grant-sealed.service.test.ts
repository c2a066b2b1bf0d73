import { GetObjectCommand, PutBucketLifecycleConfigurationCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { Deployment } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import { markerOf } from "../bucket/marker.ts";
import { testKey, type TestKey } from "../testing/admin.ts";
import { describeGarage } from "../testing/describe-garage.ts";
import { declared, useGrants } from "../testing/grants.ts";
import { main } from "../testing/main.ts";

const [writer, owner, reader] = [testKey("writer"), testKey("owner"), testKey("reader")];
const sealed = { keys: [declared(reader, "read")], sealed: true };
const denied = { $metadata: { httpStatusCode: 403 } };
const expiring = { ID: "expire", Status: "Enabled", Expiration: { Days: 30 } };

describeGarage("a sealed grant", (server) => {
  const prepared = { buckets: ["archive"], keys: [writer, owner, reader] };
  const { backend, admin, grant, may, allow, s3 } = useGrants(server, prepared);
  const mark = async (): Promise<void> => {
    const { id } = await admin().bucket("archive");
    await admin().addAlias(id, markerOf({ managedBy: "shop", name: "archive" }, "created"));
  };
  const setRules = async (...lifecycleRules: unknown[]): Promise<void> => {
    await admin().updateBucket((await admin().bucket("archive")).id, { lifecycleRules });
  };
  const put = (key: TestKey, Body: string): Promise<unknown> =>
    s3(key).send(new PutObjectCommand({ Bucket: "archive", Key: "report", Body }));
  /** It deletes no object. */
  const addRule = (key: TestKey): Promise<unknown> => {
    const rule = {
      Status: "Enabled" as const,
      Filter: { Prefix: "" },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    };
    const LifecycleConfiguration = { Rules: [rule] };
    return s3(key).send(new PutBucketLifecycleConfigurationCommand({ Bucket: "archive", LifecycleConfiguration }));
  };

  test("leaves nobody who can write or set a lifecycle rule by S3, and the objects can be read", async () => {
    await mark();
    await allow("archive", writer, { write: true, read: true });
    await allow("archive", owner, { owner: true });
    await put(writer, "first");
    await addRule(owner);
    const { outcome, outputs } = await grant("archive").create(sealed);
    expect(outcome).toBe("updated");
    expect(outputs).toMatchObject({ writers: [], owners: [] });
    await expect(put(writer, "second")).rejects.toMatchObject(denied);
    await expect(put(reader, "second")).rejects.toMatchObject(denied);
    await expect(addRule(owner)).rejects.toMatchObject(denied);
    const { Body } = await s3(reader).send(new GetObjectCommand({ Bucket: "archive", Key: "report" }));
    expect(await Body?.transformToString()).toBe("first");
    expect((await grant("archive").create(sealed)).outcome).toBe("unchanged");
  });

  test("is rejected while a lifecycle rule deletes objects, and changes nothing", async () => {
    await mark();
    await allow("archive", writer, { write: true });
    await setRules(expiring);
    const { error } = await grant("archive").create(sealed);
    expect(error).toContain("[garage.grant.expiry]");
    expect(error).toContain("Hint: Remove `expirationDays` and `expirationDate`");
    expect([await may("archive", writer), await may("archive", reader)]).toEqual(["-w-", "---"]);
    await setRules({ ...expiring, Status: "Disabled" });
    expect((await grant("archive").create(sealed)).outcome).toBe("updated");
  });

  test("notices a lifecycle rule that was added later", async () => {
    await mark();
    await grant("archive").create(sealed);
    await setRules(expiring);
    expect((await grant("archive").plan(sealed)).body).toMatchObject({
      action: "update",
      differences: [{ field: "sealed", current: false, wanted: true }],
    });
    expect((await grant("archive").create(sealed)).error).toContain("[garage.grant.expiry]");
  });

  test("is rejected on a bucket without the mark", async () => {
    await allow("archive", writer, { write: true });
    const { error } = await grant("archive").create(sealed);
    expect(error).toContain("[garage.grant.exclusive]");
    expect(error).toContain("`sealed` would revoke permissions that others granted");
    expect(await may("archive", writer)).toBe("-w-");
  });

  test("needs only the scopes that are documented", async () => {
    await mark();
    await allow("archive", writer, { write: true });
    const connection = await backend().limitedTo("GetBucketInfo", "AllowBucketKey", "DenyBucketKey", "GetNodeInfo");
    const limited = new Deployment(main, connection).resource("grant", { bucket: "archive" });
    expect((await limited.create(sealed)).outcome).toBe("updated");
    expect((await limited.destroy(sealed)).outcome).toBe("deleted");
  });

  test.each(["write", "owner"] as const)("is rejected with a key that has `%s`", async (permission) => {
    const { error } = await grant("archive").create({ ...sealed, keys: [declared(reader, "read", permission)] });
    expect(error).toContain("[garage.grant.contradiction]");
    expect(error).toContain(`${reader.accessKeyId} has \`${permission}\``);
  });
});

describeGarage(
  "a sealed grant of an old version",
  (server) => {
    const { grant } = useGrants(server, { buckets: ["archive"], keys: [reader] });

    test("is rejected, since the server does not show lifecycle rules", async () => {
      const { error } = await grant("archive").create(sealed);
      expect(error).toContain("[garage.version.unsupported]");
      expect(error).toContain("`sealed` needs Garage 2.3");
    });
  },
  ["1.3.0"],
);
