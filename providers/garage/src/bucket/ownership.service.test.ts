// Whose a bucket is, on the real server.
import { join } from "node:path";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import * as z from "zod/mini";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GarageBackend } from "../testing/backend.ts";
import bucket from "./bucket.ts";
import { identityOf, markerOf } from "./marker.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const server = serverOf(startGarage);
let backend: GarageBackend;
let shop: Deployment;

beforeEach(() => {
  backend = new GarageBackend(server());
  shop = new Deployment(main, backend.connection);
});
afterEach(() => backend.purge());

const apply = (inputs: Message) => shop.create("bucket", inputs);
const aliases = async (alias: string): Promise<string[]> =>
  z.object({ globalAliases: z.array(z.string()) }).parse(await backend.info(await backend.idOf(alias))).globalAliases;
const add = (alias: string): Promise<void> => backend.alias("files", alias);
const marker = (managedBy: string, name: string, role: "adopted" | "created" | "deleting" | "taking"): string =>
  markerOf({ managedBy, name }, role);

describe("a bucket made by hand, in production", () => {
  const byHand = {
    websiteAccess: { enabled: true, indexDocument: "start.html" },
    quotas: { maxSize: 123_456, maxObjects: null },
    corsRules: [{ AllowedOrigin: ["https://a.example.org"], AllowedMethod: ["GET"] }],
    lifecycleRules: [{ ID: "x", Status: "Enabled", Expiration: { Days: 3 } }],
  };

  test("is adopted without any change, and kept by a destroy", async () => {
    await backend.makeBucket("files");
    await backend.alias("files", "files.example.org");
    await backend.change("files", byHand);
    const before = await backend.snapshot();
    const planned = await shop.plan("bucket", { name: "files", adopt: true });
    expect(planned.body).toMatchObject({ action: "adopt", differences: [] });
    const adopted = await apply({ name: "files", adopt: true });
    expect([adopted.outcome, adopted.outputs["id"]]).toEqual(["adopted", await backend.idOf("files")]);
    expect(await aliases("files")).toEqual(
      expect.arrayContaining(["files", "files.example.org", marker("shop", "files", "adopted")]),
    );
    expect((await shop.destroy("bucket", { name: "files" })).outcome).toBe("retained");
    expect(await backend.snapshot()).toEqual(before);
  });

  test("is adopted by its id if it has no alias, and gets its name", async () => {
    const { id } = z.object({ id: z.string() }).parse(await server().admin.post("/v2/CreateBucket", {}));
    expect((await apply({ name: "files", id })).error).toContain("protocol.ownership.unmarked");
    expect((await apply({ name: "files", id, adopt: true })).outcome).toBe("adopted");
    expect(await backend.idOf("files")).toBe(id);
    expect((await apply({ name: "files", id })).outcome).toBe("unchanged");
    expect((await apply({ name: "files" })).outcome).toBe("unchanged");
  });
});

describe("names", () => {
  test("a deployment declares a bucket by one of its names only", async () => {
    await apply({ name: "files", aliases: ["media"] });
    for (const reply of [await apply({ name: "media" }), await shop.destroy("bucket", { name: "media" })]) {
      expect(reply.error).toContain("[garage.bucket.declaredTwice]");
    }
    expect(await aliases("files")).toContain("media");
  });

  test("a bucket whose name was removed by hand gets it back, with its objects", async () => {
    const { outputs } = await apply({ name: "files" });
    const bucketId = String(outputs["id"]);
    await server().admin.post("/v2/RemoveBucketAlias", { bucketId, globalAlias: "files" });
    expect((await apply({ name: "files" })).outputs["id"]).toBe(bucketId);
  });

  test("a long deployment name enters the marker as its hash", async () => {
    const managedBy = "a".repeat(60);
    expect((await apply({ name: "files", managedBy })).outcome).toBe("created");
    expect((await apply({ name: "files", managedBy })).outcome).toBe("unchanged");
    expect((await apply({ name: "files", adoptFrom: managedBy })).outcome).toBe("adopted");
    expect(await aliases("files")).toContain(marker("shop", "files", "adopted"));
  });

  test.each(["ab", "Files", "192.168.1.1", "xn--bcher-kva", "files-s3alias", "-files", "nixops4.shop.x"])(
    "%s is rejected before anything is sent",
    async (name) => {
      const before = await backend.writes();
      expect((await apply({ name })).error).toContain("[protocol.inputs.invalid]");
      expect(await backend.writes()).toBe(before);
    },
  );
});

test.each(["objectLock", "versioning", "retention"])(
  "`%s` is rejected with what Garage can do instead",
  async (name) => {
    const { error } = await apply({ name: "files", [name]: true });
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain("Hint: Declare a `grant` with `sealed = true`");
  },
);

describe("a takeover that was interrupted", () => {
  const taken = { name: "files", managedBy: "taker", adoptFrom: "shop" };

  test("before its decisive step leaves the owner, and is completed by the next run", async () => {
    await apply({ name: "files" });
    await add(marker("taker", "files", "taking"));
    expect((await apply({ name: "files" })).outcome).toBe("unchanged");
    expect((await apply(taken)).outcome).toBe("adopted");
    expect(await aliases("files")).toEqual(["files", marker("taker", "files", "adopted")]);
  });

  test("after its decisive step belongs to who took it over, and is completed", async () => {
    await backend.makeBucket("files");
    await add(marker("taker", "files", "taking"));
    expect((await apply({ name: "files", adopt: true })).error).toContain("the deployment taker manages it");
    expect((await apply(taken)).outcome).toBe("adopted");
    expect(await aliases("files")).toEqual(["files", marker("taker", "files", "adopted")]);
  });

  test("marks that contradict each other are refused, with both deployments", async () => {
    await apply({ name: "files" });
    await add(marker("other", "files", "adopted"));
    const { error } = await apply({ name: "files" });
    expect(error).toMatch(/^\[garage\.mark\.disputed\].*other, shop/);
  });

  test("a bucket that its owner is deleting cannot be taken over", async () => {
    await apply({ name: "files" });
    await add(marker("shop", "files", "deleting"));
    const before = await backend.snapshot();
    expect((await apply(taken)).error).toContain("[garage.bucket.deleting]");
    expect(await backend.snapshot()).toEqual(before);
  });
});

test("a list names the buckets of the deployment, not those that a killed create left without a name", async () => {
  await apply({ name: "files" });
  await apply({ name: "media", managedBy: "other" });
  await server().admin.post("/v2/CreateBucket", { globalAlias: `nixops4.shop.c${identityOf("shop", "half")}` });
  expect((await shop.list("bucket")).body).toMatchObject({ resources: [{ inputProperties: { name: "files" } }] });
  expect((await shop.destroy("bucket", { name: "half" })).outcome).toBe("deleted");
});

/** A deployment whose admin token has only these scopes. */
const withScopes = async (scopes: readonly string[]): Promise<Deployment> => {
  const { secret } = await backend.makeToken("small", scopes);
  const connection = { ...backend.connection, token: { env: "SMALL_TOKEN" } };
  return new Deployment(main, connection, { SMALL_TOKEN: secret });
};

test("the documented scopes are enough; with one too few, the error names it", async () => {
  const documented = [...bucket.leastRights.matchAll(/`([A-Z]\w+)`/g)].map(([, scope = ""]) => scope);
  const settings = { name: "files", aliases: ["media"], website: {}, lifecycleRules: [{ expirationDays: 3 }] };
  const enough = await withScopes(documented);
  expect((await enough.create("bucket", settings)).outcome).toBe("created");
  expect((await enough.list("bucket")).error).toBeUndefined();
  expect((await enough.destroy("bucket", settings)).outcome).toBe("deleted");
  const few = await withScopes(documented.filter((scope) => scope !== "AddBucketAlias"));
  expect((await few.create("bucket", settings)).error).toMatch(
    /^\[garage\.token\.scope\] Unable to create bucket files: .*"small" does not include AddBucketAlias/,
  );
});
