import { Deployment } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import { testKey } from "../testing/admin.ts";
import { describeGarage } from "../testing/describe-garage.ts";
import { declared, useGrants } from "../testing/grants.ts";
import { main } from "../testing/main.ts";
import { startRewritingProxy } from "../testing/rewriting-proxy.ts";

const [app, backup, other] = [testKey("app"), testKey("backup"), testKey("other")];

describeGarage("a grant beside others", (server) => {
  const prepared = { buckets: ["media", "files", "logs"], keys: [app, backup, other] };
  const { backend, admin, grant, may, allow } = useGrants(server, prepared);

  test("one backup key in many buckets of several deployments loses only the one that is removed", async () => {
    const keys = [declared(backup, "read")];
    await grant("media", "shop").create({ keys });
    await grant("files", "forum").create({ keys });
    await grant("logs", "forum").create({ keys });
    expect((await grant("files", "forum").destroy({ keys })).outcome).toBe("deleted");
    expect([await may("media", backup), await may("files", backup), await may("logs", backup)]).toEqual([
      "r--",
      "---",
      "r--",
    ]);
  });

  test("two grants of two deployments on one bucket do not undo each other", async () => {
    const [shop, forum] = [grant("media", "shop"), grant("media", "forum")];
    const [ours, theirs] = [{ keys: [declared(app, "read", "write")] }, { keys: [declared(backup, "read")] }];
    await shop.create(ours);
    expect((await forum.create(theirs)).outputs).toMatchObject({ writers: [app.accessKeyId], owners: [] });
    expect((await shop.create(ours)).outcome).toBe("unchanged");
    expect((await forum.update({ keys: [...theirs.keys, declared(other, "owner")] }, theirs)).outcome).toBe(
      "unchanged",
    );
    expect((await shop.destroy(ours)).outcome).toBe("deleted");
    expect([await may("media", app), await may("media", backup)]).toEqual(["---", "r--"]);
    expect((await forum.create(theirs)).outcome).toBe("unchanged");
  });

  test("an update revokes what the previous inputs declared, and nothing else", async () => {
    const before = { keys: [declared(app, "read"), declared(backup, "read", "write")] };
    await grant("media").create(before);
    await allow("media", backup, { owner: true });
    await allow("media", other, { read: true });
    const after = { keys: [declared(app, "read")] };
    const { body } = await grant("media").plan(after, before);
    const left = { accessKeyId: backup.accessKeyId, read: true, write: true, owner: false };
    expect(body).toMatchObject({ action: "update", differences: [{ field: "keys", current: [{}, left] }] });
    expect((await grant("media").update(before, after)).outcome).toBe("updated");
    expect([await may("media", app), await may("media", backup), await may("media", other)]).toEqual([
      "r--",
      "--o",
      "r--",
    ]);
  });

  test("a declared key gets exactly its permissions, without an interruption of those that it keeps", async () => {
    await allow("media", app, { read: true, owner: true });
    await using proxy = await startRewritingProxy(server().adminPort, {});
    const through = { ...backend().connection, url: `http://127.0.0.1:${proxy.port}` };
    const { outcome, outputs } = await new Deployment(main, through).create("grant", {
      bucket: "media",
      keys: [declared(app, "read", "write")],
    });
    expect(outcome).toBe("updated");
    expect(outputs).toMatchObject({ writers: [app.accessKeyId], owners: [] });
    expect(await may("media", app)).toBe("rw-");
    const writes = proxy.passed.filter(({ method }) => method === "POST").map(({ path, body }) => [path, body]);
    expect(writes).toEqual([
      ["/v2/AllowBucketKey", expect.stringContaining('"permissions":{"read":false,"write":true,"owner":false}')],
      ["/v2/DenyBucketKey", expect.stringContaining('"permissions":{"read":false,"write":false,"owner":true}')],
    ]);
  });

  test("a request needs few calls, since the server hashes the token at each", async () => {
    await using proxy = await startRewritingProxy(server().adminPort, {});
    const through = new Deployment(main, { ...backend().connection, url: `http://127.0.0.1:${proxy.port}` });
    const inputs = { bucket: "media", keys: [declared(app, "read", "write")] };
    const calls = async (request: Promise<unknown>): Promise<string[]> => {
      proxy.passed.length = 0;
      await request;
      return proxy.passed.map(({ path }) => path.replace(/\?.*$/, "").slice("/v2/".length));
    };
    const [version, look] = ["GetClusterHealth", "GetBucketInfo"];
    expect(await calls(through.create("grant", inputs))).toEqual([version, look, look, "AllowBucketKey", look]);
    expect(await calls(through.create("grant", inputs))).toEqual([version, look]);
    expect(await calls(through.destroy("grant", inputs))).toEqual([version, look, look, "DenyBucketKey"]);
  });

  test("a grant that Garage accepts without effect is an error", async () => {
    const { id } = await admin().bucket("media");
    await using proxy = await startRewritingProxy(server().adminPort, {
      instead: (asked) =>
        asked.path === "/v2/AllowBucketKey" ? { method: "GET", path: `/v2/GetBucketInfo?id=${id}`, body: "" } : asked,
    });
    const through = { ...backend().connection, url: `http://127.0.0.1:${proxy.port}` };
    const { error } = await new Deployment(main, through).create("grant", {
      bucket: "media",
      keys: [declared(app, "read", "write")],
    });
    expect(error).toContain("[garage.change.ineffective] Unable to create grant on media");
    expect(error).toContain(`${app.accessKeyId} did not get read and write`);
  });

  test("a missing key is named, and no permission is revoked", async () => {
    const missing = testKey("missing");
    const before = { keys: [declared(backup, "read")] };
    await grant("media").create(before);
    const { error } = await grant("media").update(before, { keys: [declared(missing, "read")] });
    expect(error).toContain("[garage.key.missing] Unable to update grant on media");
    expect(error).toContain(missing.accessKeyId);
    expect(await may("media", backup)).toBe("r--");
  });

  test("a missing bucket is named", async () => {
    const { error } = await grant("nowhere").create({ keys: [declared(app, "read")] });
    expect(error).toContain("[garage.bucket.missing]");
    expect(error).toContain("the bucket nowhere does not exist");
  });

  test("a bucket or a key that is gone leaves nothing to revoke", async () => {
    const [gone, keys] = [testKey("gone"), [declared(app, "read"), declared(testKey("gone"), "read")]];
    await admin().importKey(gone);
    const { id } = await admin().createBucket("short-lived");
    await grant("short-lived").create({ keys });
    await admin().deleteKey(gone);
    expect((await grant("short-lived").destroy({ keys })).outcome).toBe("deleted");
    expect((await grant("short-lived").destroy({ keys })).outcome).toBe("unchanged");
    await grant("short-lived").create({ keys: [declared(app, "read")] });
    await admin().deleteBucket(id);
    expect((await grant("short-lived").destroy({ keys })).outcome).toBe("unchanged");
  });

  test.each([
    ["a key twice", { keys: [declared(app, "read"), declared(app, "write")] }, "keys with different ids"],
    ["a key without a permission", { keys: [declared(app)] }, "a key with at least one of `read`, `write` and `owner`"],
    ["an object lock", { keys: [], objectLock: true }, "there is no input `objectLock`: Garage has no object lock"],
    [
      "versions",
      { keys: [], versioning: "Enabled" },
      "Hint: Declare a `grant` with `sealed = true` after the objects were written",
    ],
    ["retention", { keys: [], retention: { days: 1 } }, "there is no input `retention`: Garage has no object lock"],
  ])("rejects %s", async (_name, inputs, words) => {
    const { error } = await grant("media").create(inputs);
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain(words);
  });
});
