import { join } from "node:path";
import { dig } from "@nixops4-resources/integration-servers/dns/dig";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { MarkChanged } from "@nixops4-resources/protocol-core";
import { Deployment } from "@nixops4-resources/protocol-core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { DnsWriter } from "./client.ts";
import { connection } from "./connection.ts";
import records from "./records/records.ts";
import { NameServerBackend } from "./testing/name-server-backend.ts";
import { openWriter } from "./testing/open-writer.ts";

const main = join(import.meta.dirname, "../dist/main.cjs");
const zone = "example.test";
const www = { name: "www.example.test", type: "A", ttlSeconds: 300, values: ["192.0.2.1"] };
const mail = { ...www, name: "mail.example.test", values: ["192.0.2.2"] };
const moved = { ...www, values: ["192.0.2.3"] };
const site = { zone, name: "site", rrsets: [www] };

describe("records that change between lookup and write", () => {
  const server = serverOf(startKnot);
  let backend: NameServerBackend;
  let shop: Deployment;
  beforeEach(async () => {
    backend ??= await NameServerBackend.make(server(), [zone]);
    await backend.reset();
    shop = new Deployment(main, backend.connection);
    await shop.create("records", site);
  });

  /** Reads the records, lets others change them, then updates or deletes them. */
  async function readThen(verb: "update" | "delete", others: () => Promise<unknown>): Promise<void> {
    await using client = new DnsWriter(await openWriter(server().address));
    const common = {
      managedBy: "shop",
      adopt: false,
      adoptFrom: null,
      deletion: null,
      timeoutSeconds: 60,
      connection: connection.parse(backend.connection),
    };
    const want = { ...common, ...site, rrsets: [moved], parentServer: null };
    const seen = await records.read(client, want, {});
    if (seen?.mark === undefined) throw new Error("The records have no mark.");
    await others();
    if (verb === "delete") await records.delete(client, want, seen);
    else await records.update(client, want, { changed: new Set(["rrsets"]), seen, mark: seen.mark });
  }

  const addresses = (): Promise<string[]> =>
    dig(server().address, "www.example.test", "A", "mail.example.test", "A", "extra.example.test", "A");

  test("are left unchanged if the same deployment already made the update", async () => {
    await readThen("update", () => shop.create("records", { ...site, rrsets: [moved] }));
    expect(await addresses()).toEqual(["192.0.2.3"]);
  });

  test("lose a set that the same deployment added in the meantime, if updated", async () => {
    await readThen("update", () => shop.create("records", { ...site, rrsets: [www, mail] }));
    expect(await addresses()).toEqual(["192.0.2.3"]);
  });

  test("are destroyed including a set that was added in the meantime", async () => {
    await readThen("delete", () => shop.create("records", { ...site, rrsets: [www, mail] }));
    expect(await addresses()).toEqual([]);
  });

  test("stay destroyed if they were destroyed in the meantime, and an update looks again", async () => {
    await readThen("delete", () => shop.destroy("records", site));
    expect(await addresses()).toEqual([]);
    await shop.create("records", site);
    await expect(readThen("update", () => shop.destroy("records", site))).rejects.toThrow(MarkChanged);
    expect(await addresses()).toEqual([]);
  });

  test("stay unchanged if another deployment took them over", async () => {
    const change = readThen("update", () => shop.create("records", { ...site, managedBy: "other", adoptFrom: "shop" }));
    await expect(change).rejects.toThrow(MarkChanged);
    expect(await addresses()).toEqual(["192.0.2.1"]);
  });

  test("stay unchanged if other records took a declared name", async () => {
    const change = readThen("update", async () => {
      await shop.destroy("records", site);
      await shop.create("records", { ...site, name: "other" });
    });
    await expect(change).rejects.toThrow(MarkChanged);
    expect(await addresses()).toEqual(["192.0.2.1"]);
  });
});
