import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { testKey, type TestKey } from "../testing/admin.ts";
import { describeGarage } from "../testing/describe-garage.ts";
import { declared, useGrants } from "../testing/grants.ts";
import { main } from "../testing/main.ts";
import { startRewritingProxy } from "../testing/rewriting-proxy.ts";

const [app, other] = [testKey("app"), testKey("other")];
const denied = { $metadata: { httpStatusCode: 403 } };
const s3Outputs = z.object({
  bucketName: z.string(),
  endpoint: z.string(),
  region: z.string(),
  usePathStyle: z.boolean(),
});

/** References to the key; `wrong` has another secret. */
const refer = ({ accessKeyId, secretAccessKey }: TestKey, wrong = false): Message => ({
  accessKeyId: { command: ["echo", accessKeyId] },
  secretAccessKey: { command: ["echo", wrong ? testKey("wrong").secretAccessKey : secretAccessKey] },
});

describeGarage("a grant by S3", (server) => {
  const { backend, admin, grant, s3 } = useGrants(server, { buckets: ["media"], keys: [app, other] });
  const put = (key: TestKey, Key: string): Promise<unknown> =>
    s3(key).send(new PutObjectCommand({ Bucket: "media", Key, Body: "hello" }));

  test("lets its key put and get objects up to the quota, and no other key", async () => {
    const { id } = await admin().bucket("media");
    await grant("media").create({ keys: [declared(app, "read", "write")] });
    await put(app, "first");
    const { Body } = await s3(app).send(new GetObjectCommand({ Bucket: "media", Key: "first" }));
    expect(await Body?.transformToString()).toBe("hello");
    await expect(put(other, "second")).rejects.toMatchObject(denied);
    await admin().updateBucket(id, { quotas: { maxSize: null, maxObjects: 1 } });
    await expect(put(app, "second")).rejects.toMatchObject({ ...denied, message: expect.stringContaining("quota") });
    await admin().updateBucket(id, { quotas: { maxSize: null, maxObjects: 2 } });
    await put(app, "second");
  });

  test("works for a client that knows only the outputs and the key", async () => {
    const deployment = new Deployment(main, backend().connection);
    const { outputs } = await deployment.create("bucket", { name: "by-outputs" });
    const { bucketName, endpoint, region, usePathStyle } = s3Outputs.parse(outputs);
    const { outcome } = await deployment.create("grant", {
      bucket: bucketName,
      keys: [declared(app, "read", "write")],
      effectiveWith: refer(app),
    });
    expect(outcome).toBe("created");
    const client = new S3Client({ endpoint, region, credentials: app, forcePathStyle: usePathStyle });
    await client.send(new PutObjectCommand({ Bucket: bucketName, Key: "first", Body: "hello" }));
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucketName, Key: "first" }));
    expect(await Body?.transformToString()).toBe("hello");
    client.destroy();
  });

  test("with `effectiveWith` succeeds when S3 permits a read, and a repetition writes nothing", async () => {
    const inputs = { keys: [declared(app, "read")], effectiveWith: refer(app) };
    expect((await grant("media").create(inputs)).outcome).toBe("created");
    expect((await grant("media").create(inputs)).outcome).toBe("unchanged");
    expect((await grant("media").plan(inputs)).body).toMatchObject({ action: "none" });
    expect((await grant("media").destroy(inputs)).outcome).toBe("deleted");
  });

  test("with `effectiveWith` reports a wrong secret at once", async () => {
    const inputs = { keys: [declared(app, "read")], effectiveWith: refer(app, true) };
    const { error } = await grant("media").create(inputs);
    expect(error).toContain("[garage.s3.refused]");
    expect(error).toContain("Invalid signature");
    expect(error).toContain("Hint: Check the key");
    // Granted, but not proven.
    expect((await grant("media").plan(inputs)).body).toMatchObject({
      action: "update",
      differences: [{ field: "effectiveWith", current: "(another value)" }],
    });
  });

  test.each([
    ["that `keys` does not declare", [declared(app, "read")], other],
    ["that may not read", [declared(app, "write")], app],
  ])("rejects a key in `effectiveWith` %s, before it grants anything", async (_name, keys, key) => {
    const { error } = await grant("media").create({ keys, effectiveWith: refer(key) });
    expect(error).toContain("[garage.grant.contradiction]");
    expect((await admin().bucket("media")).keys).toEqual([]);
  });

  test("with `effectiveWith` waits for a node of S3 that does not know the permission yet", async () => {
    let refused = 0;
    await using proxy = await startRewritingProxy(server().s3Port, {
      before: async () => (++refused <= 3 ? 403 : undefined),
    });
    const s3At = { endpoint: `http://127.0.0.1:${proxy.port}`, region: "garage" };
    const { outcome } = await new Deployment(main, { ...backend().connection, s3: s3At }).create("grant", {
      bucket: "media",
      keys: [declared(app, "read")],
      effectiveWith: refer(app),
    });
    expect(outcome).toBe("created");
    expect(proxy.passed.length).toBe(4);
  });

  test("with `effectiveWith` names an S3 API that does not answer", async () => {
    const connection = { ...backend().connection, s3: { endpoint: "http://127.0.0.1:1", region: "garage" } };
    const { error } = await new Deployment(main, connection).create("grant", {
      bucket: "media",
      keys: [declared(app, "read")],
      effectiveWith: refer(app),
    });
    expect(error).toContain("[garage.s3.unreachable]");
    expect(error).toContain("http://127.0.0.1:1");
  });
});
