import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { Deployment, type DeployedResource } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import { testKey } from "../testing/admin.ts";
import { describeGarage } from "../testing/describe-garage.ts";
import { useGrants } from "../testing/grants.ts";
import { main } from "../testing/main.ts";
import { startRewritingProxy } from "../testing/rewriting-proxy.ts";

const [app, other] = [testKey("app"), testKey("other")];

describeGarage(
  "a local alias among others",
  (server) => {
    const { backend, admin } = useGrants(server, { buckets: ["shop-media", "forum-media"], keys: [app, other] });
    const alias = (bucket: string, key = app): DeployedResource =>
      new Deployment(main, backend().connection).resource("local_alias", { bucket, accessKeyId: key.accessKeyId });

    test("is created again after it was removed", async () => {
      for (const outcome of ["created", "created"]) {
        expect((await alias("shop-media").create({ alias: "media" })).outcome).toBe(outcome);
        expect((await alias("shop-media").destroy({ alias: "media" })).outcome).toBe("deleted");
      }
    });

    test("may lead another key to another bucket", async () => {
      await alias("shop-media").create({ alias: "media" });
      expect((await alias("forum-media", other).create({ alias: "media" })).outcome).toBe("created");
      expect((await alias("shop-media").create({ alias: "media" })).outcome).toBe("unchanged");
    });

    test("is rejected if it leads the key to another bucket, which is named and unchanged", async () => {
      await alias("shop-media").create({ alias: "media" });
      const { error } = await alias("forum-media").create({ alias: "media" });
      expect(error).toContain(`[garage.alias.taken] Unable to create local alias media of ${app.accessKeyId}`);
      expect(error).toContain("to the bucket shop-media");
      expect((await alias("forum-media").destroy({ alias: "media" })).outcome).toBe("unchanged");
      expect((await alias("shop-media").create({ alias: "media" })).outcome).toBe("unchanged");
    });

    test("names a missing key and a missing bucket", async () => {
      const noKey = await alias("shop-media", testKey("missing")).create({ alias: "media" });
      expect(noKey.error).toContain("[garage.key.missing]");
      expect(noKey.error).toContain(testKey("missing").accessKeyId);
      const noBucket = await alias("nowhere").create({ alias: "media" });
      expect(noBucket.error).toContain("[garage.bucket.missing]");
      expect(noBucket.error).toContain("the bucket nowhere does not exist");
    });

    test("is gone with its key or its bucket", async () => {
      const gone = testKey("gone");
      await admin().importKey(gone);
      await alias("shop-media", gone).create({ alias: "media" });
      await admin().deleteKey(gone);
      expect((await alias("shop-media", gone).destroy({ alias: "media" })).outcome).toBe("unchanged");
      const { id } = await admin().createBucket("short-lived");
      await alias("short-lived").create({ alias: "short" });
      await admin().removeAlias(id, "short", app.accessKeyId);
      await admin().deleteBucket(id);
      expect((await alias("short-lived").destroy({ alias: "short" })).outcome).toBe("unchanged");
    });
  },
  ["2.5.0", "1.3.0"],
);

describeGarage("a local alias by S3 and behind a proxy", (server) => {
  const { backend, admin, allow, s3 } = useGrants(server, { buckets: ["shop-media"], keys: [app] });
  const want = { bucket: "shop-media", accessKeyId: app.accessKeyId, alias: "media" };
  const through = (port: number): Deployment =>
    new Deployment(main, { ...backend().connection, url: `http://127.0.0.1:${port}` });

  test("is a name of the bucket for its key", async () => {
    await allow("shop-media", app, { read: true, write: true });
    await new Deployment(main, backend().connection).create("local_alias", want);
    await s3(app).send(new PutObjectCommand({ Bucket: "media", Key: "first", Body: "hello" }));
    const { Contents = [] } = await s3(app).send(new ListObjectsV2Command({ Bucket: "shop-media" }));
    expect(Contents.map(({ Key }) => Key)).toEqual(["first"]);
  });

  test("needs few calls, and only the scopes that are documented", async () => {
    const scope = ["GetBucketInfo", "GetNodeInfo", "AddBucketAlias", "RemoveBucketAlias"];
    const connection = await backend().limitedTo(...scope);
    await using proxy = await startRewritingProxy(server().adminPort, {});
    const limited = new Deployment(main, { ...connection, url: `http://127.0.0.1:${proxy.port}` });
    const calls = async (request: Promise<unknown>): Promise<string[]> => {
      proxy.passed.length = 0;
      await request;
      return proxy.passed.map(({ path }) => path.replace(/\?.*$/, "").slice("/v2/".length));
    };
    const [generation, look, version] = ["GetClusterHealth", "GetBucketInfo", "GetNodeInfo"];
    const created = await calls(limited.create("local_alias", want));
    expect(created).toEqual([generation, look, version, look, "AddBucketAlias", look]);
    expect(await calls(limited.create("local_alias", want))).toEqual([generation, look]);
    const deleted = await calls(limited.destroy("local_alias", want));
    expect(deleted).toEqual([generation, look, "RemoveBucketAlias", look, version]);
  });

  test("is kept with an explanation if it is the last name of the bucket", async () => {
    const { id } = await admin().createBucket("other-name");
    await admin().addAlias(id, "media", app.accessKeyId);
    let isRemoved = false;
    await using proxy = await startRewritingProxy(server().adminPort, {
      async before({ path }) {
        if (path !== "/v2/RemoveBucketAlias" || isRemoved) return;
        isRemoved = true;
        await admin().removeAlias(id, "other-name");
      },
    });
    const { error } = await through(proxy.port).destroy("local_alias", { ...want, bucket: "other-name" });
    await admin().addAlias(id, "other-name");
    expect(error).toContain("[garage.alias.last]");
    expect(error).toContain("media is the last name of the bucket");
    expect(error).toContain("Hint: Give the bucket another name");
    await admin().removeAlias(id, "media", app.accessKeyId);
    await admin().deleteBucket(id);
  });

  test("is found on a server that shows no key without permissions at its bucket", async () => {
    await using proxy = await startRewritingProxy(server().adminPort, {
      answer: ({ path }, body) =>
        path.startsWith("/v2/GetBucketInfo")
          ? JSON.stringify({ ...JSON.parse(body), keys: [] })
          : body.replaceAll('"v2.5.0"', '"v2.2.0"').replaceAll('"cargo:2.5.0"', '"cargo:2.2.0"'),
    });
    expect((await through(proxy.port).create("local_alias", want)).outcome).toBe("created");
    expect((await through(proxy.port).create("local_alias", want)).outcome).toBe("unchanged");
    expect((await through(proxy.port).destroy("local_alias", want)).outcome).toBe("deleted");
    expect(proxy.passed.filter(({ path }) => path.startsWith("/v2/ListBuckets")).length).toBeGreaterThan(0);
  });
});
