// Destroying a bucket that contains objects, on the real server.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateMultipartUploadCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { makeCertificates } from "@nixops4-resources/integration-servers/tls/certificates";
import { startTlsFront } from "@nixops4-resources/integration-servers/tls/front";
import { Deployment, startProvider, type Message } from "@nixops4-resources/protocol-core/testing";
import * as z from "zod/mini";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GarageBackend } from "../testing/backend.ts";
import { everything, makeKey, s3With } from "../testing/s3.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const server = serverOf(startGarage);
let backend: GarageBackend;
let shop: Deployment;
const archive = { name: "archive" };

/** A bucket of the deployment with objects, whose key is gone already. */
async function filled(count: number): Promise<void> {
  const { outputs } = await shop.create("bucket", archive);
  const key = await makeKey(server(), String(outputs["id"]), everything);
  const s3 = s3With(server(), key);
  await expect
    .poll(() =>
      s3.send(new PutObjectCommand({ Bucket: "archive", Key: "0", Body: "0" })).catch((error: unknown) => error),
    )
    .not.toBeInstanceOf(Error);
  for (let index = 1; index < count; index++) {
    await s3.send(new PutObjectCommand({ Bucket: "archive", Key: `folder/${index}`, Body: "x" }));
  }
  await s3.send(new CreateMultipartUploadCommand({ Bucket: "archive", Key: "unfinished" }));
  s3.destroy();
  await server().admin.post(`/v2/DeleteKey?id=${key.accessKeyId}`);
  await expect.poll(() => backend.objects("archive")).toBe(count);
}

const nothing = { buckets: [], keys: [] };

beforeEach(() => {
  backend = new GarageBackend(server());
  shop = new Deployment(main, backend.connection);
});
afterEach(() => backend.purge());

test("fails at once without `confirmEmpty`, with the number of objects, and changes nothing", async () => {
  await filled(3);
  const before = await backend.snapshot();
  const { error } = await shop.destroy("bucket", archive);
  expect(error).toMatch(
    /^\[garage\.bucket\.notEmpty\] Unable to delete bucket archive: it contains 3 objects \(\d+ bytes\)/,
  );
  expect(error).toContain("confirmEmpty = true");
  expect(await backend.snapshot()).toEqual(before);
});

test("deletes objects and unfinished uploads with a key of its own, and leaves no key", async () => {
  await filled(5);
  expect((await shop.destroy("bucket", { ...archive, confirmEmpty: true })).outcome).toBe("deleted");
  expect(await backend.snapshot()).toMatchObject(nothing);
});

test("deletes the objects with the given key", async () => {
  await filled(2);
  const key = await makeKey(server(), await backend.idOf("archive"), everything);
  const environment = { S3_ID: key.accessKeyId, S3_SECRET: key.secretAccessKey };
  const emptyWith = { accessKeyId: { env: "S3_ID" }, secretAccessKey: { env: "S3_SECRET" } };
  const withKey = new Deployment(main, backend.connection, environment);
  expect((await withKey.destroy("bucket", { ...archive, confirmEmpty: true, emptyWith })).outcome).toBe("deleted");
  expect(await backend.snapshot()).toMatchObject({ buckets: [], keys: [{ name: "by hand" }] });
});

/** Kills a destroy as soon as the server has logged this. */
async function killedAfter(line: string): Promise<void> {
  const before = (await backend.log()).length;
  const provider = startProvider({ main });
  const inputs: Message = { connection: backend.connection, managedBy: "shop", ...archive, confirmEmpty: true };
  provider.send({ destroyResourceRequest: { resource: { type: "bucket", inputProperties: inputs } } });
  const since = async (): Promise<string> => (await backend.log()).slice(before);
  await expect.poll(since, { interval: 1, timeout: 10_000 }).toContain(line);
  provider.kill();
  await provider.finish();
}

test.each(["/v2/AddBucketAlias", "/v2/CreateKey", "/v2/AllowBucketKey", "?delete"])(
  "a destroy that was killed after %s is completed by the next one, which leaves no key",
  async (line) => {
    await filled(4);
    await killedAfter(line);
    expect((await shop.destroy("bucket", { ...archive, confirmEmpty: true })).error).toBeUndefined();
    expect(await backend.snapshot()).toMatchObject(nothing);
  },
);

test("a create takes back a bucket whose deletion was interrupted, with the objects that are left", async () => {
  await filled(4);
  await killedAfter("/v2/CreateKey");
  expect((await shop.plan("bucket", archive)).body).toMatchObject({ action: "create" });
  expect((await shop.create("bucket", archive)).outcome).toBe("created");
  const { buckets } = z.object({ buckets: z.array(z.looseObject({})) }).parse(await backend.snapshot());
  expect(buckets).toMatchObject([
    { objects: 4, globalAliases: ["archive", expect.stringMatching(/^nixops4\.shop\.c[0-9a-f]{16}$/)] },
  ]);
});

test("`retain` ends a deletion that was interrupted, and keeps the objects", async () => {
  await filled(4);
  await killedAfter("/v2/CreateKey");
  const { error } = await shop.destroy("bucket", { ...archive, confirmEmpty: true, deletion: "retain" });
  expect(error).toBeUndefined();
  const { buckets } = z.object({ buckets: z.array(z.looseObject({})) }).parse(await backend.snapshot());
  expect(buckets).toMatchObject([{ objects: 4, globalAliases: ["archive"] }]);
});

test("a create that comes during a deletion waits for its end, and makes another bucket", async () => {
  await filled(30);
  const before = (await backend.log()).length;
  const id = await backend.idOf("archive");
  const destroying = shop.destroy("bucket", { ...archive, confirmEmpty: true });
  const since = async (): Promise<string> => (await backend.log()).slice(before);
  await expect.poll(since, { interval: 1, timeout: 10_000 }).toContain("/v2/CreateKey");
  const other = new Deployment(main, backend.connection, { LANG: "C" });
  const [destroyed, created] = await Promise.all([destroying, other.create("bucket", archive)]);
  expect([created.error, created.outcome]).toEqual([undefined, "created"]);
  // Its last look may already see the new bucket.
  expect(destroyed.error ?? "it still exists after it was deleted").toContain("it still exists after it was deleted");
  expect(created.outputs["id"]).toBe(await backend.idOf("archive"));
  expect(created.outputs["id"]).not.toBe(id);
});

test("`retain` keeps bucket and objects, with a token that may not delete", async () => {
  await filled(1);
  const scope = ["GetBucketInfo", "RemoveBucketAlias"];
  const { secretToken } = z
    .object({ secretToken: z.string() })
    .parse(await server().admin.post("/v2/CreateAdminToken", { name: "small", scope }));
  const connection = { ...backend.connection, token: { env: "SMALL_TOKEN" } };
  const small = new Deployment(main, connection, { SMALL_TOKEN: secretToken });
  expect((await small.destroy("bucket", { ...archive, deletion: "retain" })).outcome).toBe("retained");
  expect(await backend.objects("archive")).toBe(1);
  // Now nobody manages it.
  expect((await shop.destroy("bucket", { ...archive, confirmEmpty: true })).error).toContain(
    "protocol.ownership.unmarked",
  );
});

describe("over TLS", () => {
  test("deletes the objects if the authority of the S3 API is known, and says so if not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nixops4-garage-tls-"));
    try {
      const certificates = await makeCertificates(folder, "client");
      await using front = await startTlsFront(server().s3Port, certificates);
      const at = (caFile: string | null): Deployment => {
        const s3 = { endpoint: `https://127.0.0.1:${front.port}`, caFile };
        return new Deployment(main, { ...backend.connection, s3 });
      };
      await filled(2);
      const { error } = await at(null).destroy("bucket", { ...archive, confirmEmpty: true });
      expect(error).toMatch(/\[garage\.s3\.unreachable\].*certificate/);
      expect((await at(certificates.caFile).destroy("bucket", { ...archive, confirmEmpty: true })).outcome).toBe(
        "deleted",
      );
      expect(await backend.snapshot()).toMatchObject(nothing);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test.each([
  ["25 hours ahead", 25, undefined],
  ["2 hours behind", -2, "[garage.clock.behind]"],
])("with a clock that is %s the objects are deleted, or the error names the clock", async (_, hours, code) => {
  const folder = await mkdtemp(join(tmpdir(), "nixops4-garage-clock-"));
  try {
    const clock = join(folder, "clock.cjs");
    await writeFile(clock, `const now = Date.now; Date.now = () => now() + ${hours * 3_600_000};`);
    await filled(2);
    const elsewhere = new Deployment(main, backend.connection, { NODE_OPTIONS: `--require ${clock}` });
    const { error, outcome } = await elsewhere.destroy("bucket", { ...archive, confirmEmpty: true });
    expect(error ?? outcome).toContain(code ?? "deleted");
    expect((await shop.destroy("bucket", { ...archive, confirmEmpty: true })).error).toBeUndefined();
    expect(await backend.snapshot()).toMatchObject(nothing);
  } finally {
    await rm(folder, { recursive: true });
  }
});
