// What applications and browsers get from a bucket, on the real server.
import { join } from "node:path";
import {
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GarageBackend } from "../testing/backend.ts";
import { everything, makeKey, s3With } from "../testing/s3.ts";
import { visit } from "../testing/web.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const server = serverOf(startGarage);
let backend: GarageBackend;
let shop: Deployment;
let s3: S3Client;

const apply = (inputs: Message) => shop.create("bucket", { name: "video", ...inputs });

/** Applies, and gives the application a key. */
async function bucketFor(inputs: Message): Promise<Message> {
  const { error, outputs } = await apply(inputs);
  expect(error).toBeUndefined();
  s3 = s3With(server(), await makeKey(server(), String(outputs["id"]), everything));
  return outputs;
}

const send = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: "video", Key, Body }));

/** Uploads as soon as the new permission is effective. */
const put = async (key: string, body: string): Promise<void> =>
  await expect.poll(() => send(key, body).catch((error: unknown) => error)).not.toBeInstanceOf(Error);

const answers = async (host: string): Promise<number> => (await visit(server(), host, "/")).status;

beforeEach(() => {
  backend = new GarageBackend(server());
  shop = new Deployment(main, backend.connection);
});
afterEach(() => backend.purge());

describe("PeerTube: a bucket that browsers read", () => {
  const settings = {
    website: { indexDocument: "index.html", errorDocument: "missing.html" },
    corsRules: [{ allowedOrigins: ["*"], allowedMethods: ["GET", "HEAD"], exposeHeaders: ["Content-Range"] }],
  };

  test("answers a ranged request of another origin through the website's host", async () => {
    const outputs = await bucketFor(settings);
    expect(outputs).toMatchObject({ bucketName: "video", websiteHost: "video.web.localhost", region: "garage" });
    await put("film.mp4", "0123456789");
    const headers = { Origin: "https://video.example.org", Range: "bytes=2-4" };
    const answer = await visit(server(), String(outputs["websiteHost"]), "/film.mp4", { headers });
    expect(answer).toMatchObject({ status: 206, body: "234" });
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
  });

  test("answers a preflight request of a browser", async () => {
    await bucketFor(settings);
    const headers = { Origin: "https://video.example.org", "Access-Control-Request-Method": "GET" };
    const { status, headers: answered } = await visit(server(), "video.web.localhost", "/film.mp4", {
      method: "OPTIONS",
      headers,
    });
    expect(status).toBe(200);
    expect(answered["access-control-allow-methods"]).toBe("GET, HEAD");
  });

  test("is as declared for S3 clients, and a second apply writes nothing", async () => {
    await bucketFor(settings);
    const { CORSRules } = await s3.send(new GetBucketCorsCommand({ Bucket: "video" }));
    expect(CORSRules).toMatchObject([{ AllowedOrigins: ["*"], AllowedMethods: ["GET", "HEAD"] }]);
    const before = await backend.writes();
    expect((await apply(settings)).outcome).toBe("unchanged");
    expect(await backend.writes()).toBe(before);
  });
});

describe("Mastodon: media on a domain of its own", () => {
  test("answers by name and domain, and after a change by the new domain", async () => {
    const website = { indexDocument: "index.html" };
    await bucketFor({ website, aliases: ["media.example.org"] });
    await put("index.html", "Welcome.");
    expect([await answers("video.web.localhost"), await answers("media.example.org")]).toEqual([200, 200]);
    const changed = await shop.update(
      "bucket",
      { name: "video", website, aliases: ["media.example.org"] },
      { name: "video", website, aliases: ["files.example.org"] },
    );
    expect(changed.outcome).toBe("updated");
    expect([await answers("files.example.org"), await answers("media.example.org")]).toEqual([200, 404]);
    // The new one was added before the old one was removed.
    const log = await backend.log();
    expect(log.lastIndexOf("/v2/AddBucketAlias")).toBeLessThan(log.lastIndexOf("/v2/RemoveBucketAlias"));
  });

  test("rejects a domain that another bucket has, and names that bucket", async () => {
    await bucketFor({ aliases: ["media.example.org"] });
    const { error } = await apply({ name: "other", aliases: ["media.example.org"] });
    expect(error).toMatch(/^\[garage\.alias\.taken\].*media\.example\.org leads to the bucket [0-9a-f]{64} \(video/);
  });
});

describe("lifecycle rules", () => {
  const rules = [
    { prefix: "logs/", expirationDays: 30 },
    { id: "audit", prefix: "audit/", objectSizeGreaterThanBytes: 10, expirationDays: 400 },
    { id: "uploads", abortIncompleteMultipartUploadDays: 7 },
    { id: "once", prefix: "old/", expirationDate: "2030-01-31", enabled: false },
  ];

  test("come back by S3 as declared; their order makes no difference, and an empty list clears them", async () => {
    await bucketFor({ lifecycleRules: rules });
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: "video" }));
    expect(Rules).toMatchObject([
      { Status: "Enabled", Filter: { Prefix: "logs/" }, Expiration: { Days: 30 } },
      { ID: "audit", Filter: { And: { Prefix: "audit/", ObjectSizeGreaterThan: 10 } }, Expiration: { Days: 400 } },
      { ID: "uploads", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
      { ID: "once", Status: "Disabled", Expiration: { Date: new Date("2030-01-31T00:00:00Z") } },
    ]);
    expect((await apply({ lifecycleRules: rules.toReversed() })).outcome).toBe("unchanged");
    expect((await apply({ lifecycleRules: [] })).outcome).toBe("updated");
    await expect(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: "video" }))).rejects.toMatchObject({
      name: "NoSuchLifecycleConfiguration",
    });
  });
});

describe("quotas", () => {
  test("keep every digit above 2^53", async () => {
    const { outputs, error } = await apply({ maxSizeBytes: "9007199254740993" });
    expect(error).toBeUndefined();
    expect(await backend.text(String(outputs["id"]))).toContain('"maxSize": 9007199254740993');
    expect((await apply({ maxSizeBytes: "9007199254740993" })).outcome).toBe("unchanged");
    expect((await apply({ maxSizeBytes: "9007199254740994" })).outcome).toBe("updated");
  });

  test("can be raised in place, and lowered below the use with a warning", async () => {
    await bucketFor({ maxObjects: 1 });
    await put("one", "1");
    await expect(send("two", "2")).rejects.toMatchObject({ message: expect.stringContaining("quota") });
    await apply({ maxObjects: 10 });
    await send("two", "2");
    await expect.poll(async () => backend.objects("video")).toBe(2);
    const { outcome, said } = await apply({ maxObjects: 0 });
    expect(outcome).toBe("updated");
    expect(said).toContain("maxObjects is 0, and the bucket uses 2");
  });

  test("that are not managed stay when the other one changes", async () => {
    await backend.makeBucket("video");
    await backend.change("video", { quotas: { maxSize: 5000, maxObjects: 7 } });
    expect((await apply({ adopt: true, maxObjects: 8 })).outcome).toBe("adopted");
    expect(await backend.text(await backend.idOf("video"))).toMatch(/"maxSize": 5000,\s+"maxObjects": 8/);
  });
});
