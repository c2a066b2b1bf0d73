// Lists that are longer than a page of Garage, which has 10,000 entries. Filling the server takes minutes.
import { join } from "node:path";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { requireWholeContract } from "@nixops4-resources/integration-servers/server-unavailable";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment } from "@nixops4-resources/protocol-core/testing";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { GarageBackend } from "./testing/backend.ts";

const main = join(import.meta.dirname, "../dist/main.cjs");
const named = (managedBy: string, type: string): string =>
  `key of ${managedBy}\nnixops4:${JSON.stringify({ v: 1, managedBy, type })}`;

describe("a server with 12,000 keys and 5,000 buckets", () => {
  const server = serverOf(async () => {
    requireWholeContract();
    return await startGarage();
  });

  test("lists every object of the deployment", { timeout: 1_800_000 }, async () => {
    const { admin } = server();
    for (let index = 0; index < 12_000; index += 20) {
      const owner = index % 4000 === 0 ? "shop" : "other";
      const name = named(owner, "key");
      await Promise.all(Array.from({ length: 20 }, () => admin.post("/v2/CreateKey", { name })));
    }
    const shop = new Deployment(main, new GarageBackend(server()).connection);
    for (const name of ["first", "last"]) {
      expect((await shop.create("bucket", { name })).outcome).toBe("created");
      if (name === "last") break;
      for (let index = 0; index < 5000; index += 20) {
        const aliases = Array.from({ length: 20 }, (_, offset) => `bucket-${index + offset}`);
        await Promise.all(aliases.map((globalAlias) => admin.post("/v2/CreateBucket", { globalAlias })));
      }
    }
    const lists = z.object({ resources: z.array(z.unknown()) });
    expect(lists.parse((await shop.list("bucket")).body).resources).toHaveLength(2);
    expect(lists.parse((await shop.list("key")).body).resources).toHaveLength(60);
  });
});
