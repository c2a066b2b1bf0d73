// What goes wrong between the provider and a cluster, on the real server.
import { join } from "node:path";
import { startGarage, startGarageCluster } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterEach, expect, test } from "vitest";
import { GarageBackend } from "./testing/backend.ts";
import { startRewritingProxy } from "./testing/rewriting-proxy.ts";

const main = join(import.meta.dirname, "../dist/main.cjs");
const server = serverOf(startGarage);
const backend = (): GarageBackend => new GarageBackend(server());
const through = (port: number): Message => ({ ...backend().connection, url: `http://127.0.0.1:${port}` });
const files = { name: "files" };

/** A proxy that answers with a status in the server's place while `isRefused`. */
const refusing = (status: number, isRefused: (path: string) => boolean) =>
  startRewritingProxy(server().adminPort, { before: async ({ path }) => (isRefused(path) ? status : undefined) });

afterEach(() => backend().purge());

test("a wrong region is rejected with both regions, before anything is written", async () => {
  const s3 = { endpoint: `http://127.0.0.1:${server().s3Port}`, region: "us-east-1" };
  const shop = new Deployment(main, { ...backend().connection, s3 });
  const before = await backend().writes();
  expect((await shop.create("bucket", files)).error).toMatch(
    /^\[garage\.region\.wrong\].*has the region "garage", not "us-east-1"\.\nHint: Set `connection.s3.region = "garage"`/,
  );
  expect(await backend().writes()).toBe(before);
});

test.each([500, 503])(
  "while lookups fail with %i nothing is created, and the error names the cause",
  async (status) => {
    await using proxy = await refusing(status, (path) => path.includes("GetBucketInfo"));
    const shop = new Deployment(main, through(proxy.port));
    const { error } = await shop.create("bucket", { ...files, timeoutSeconds: 3 });
    expect(error).toContain("[protocol.timeout]");
    expect(error).toContain(`answers /v2/GetBucketInfo with ${status}`);
    expect(proxy.passed.filter(({ method }) => method === "POST")).toEqual([]);
    expect(proxy.passed.length).toBeGreaterThan(3);
  },
);

test("a cluster whose layout is not applied is named, and nothing is created", async () => {
  const [node] = await startGarageCluster({ isWithoutLayout: true });
  if (node === undefined) throw new TypeError("A cluster without a node");
  await using bare = node;
  const shop = new Deployment(main, new GarageBackend(bare).connection);
  const { error } = await shop.create("bucket", { ...files, timeoutSeconds: 3 });
  expect(error).toContain("(it answers /v2/GetBucketInfo with 500: Layout not ready); nothing was written");
});

test("a lookup is repeated until the cluster has recovered", async () => {
  let failures = 0;
  await using proxy = await refusing(500, () => failures++ < 4);
  expect((await new Deployment(main, through(proxy.port)).create("bucket", files)).outcome).toBe("created");
});

test("a write with an unknown outcome is not repeated, and the next apply completes it", async () => {
  await using proxy = await refusing(500, (path) => path.includes("AddBucketAlias"));
  const { error } = await new Deployment(main, through(proxy.port)).create("bucket", files);
  expect(error).toMatch(/^\[garage\.server\.failed\].*it is unknown whether the write took effect/);
  expect(proxy.passed.filter(({ path }) => path.includes("AddBucketAlias"))).toHaveLength(1);
  const shop = new Deployment(main, backend().connection);
  expect((await shop.create("bucket", files)).outcome).toBe("created");
});
