import { join } from "node:path";
import { dig } from "@nixops4-resources/integration-servers/dns/dig";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
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

describe("between the look at records and their change", () => {
  const server = serverOf(startKnot);
  let hand: NameServerBackend;
  let shop: Deployment;
  beforeEach(async () => {
    hand ??= await NameServerBackend.make(server(), [zone]);
    await hand.reset();
    shop = new Deployment(main, hand.connection);
    await shop.create("records", site);
  });

  /** Looks, lets the others do what they do, and goes on. */
  async function goOn(verb: "update" | "delete", others: () => Promise<unknown>): Promise<void> {
    await using client = new DnsWriter(await openWriter(server().address));
    const common = {
      managedBy: "shop",
      adopt: false,
      adoptFrom: null,
      deletion: null,
      timeoutSeconds: 60,
      connection: connection.parse(hand.connection),
    };
    const want = { ...common, ...site, rrsets: [moved], parentServer: null };
    const seen = await records.read(client, want, {});
    if (seen?.mark === undefined) throw new Error("There are no records with a mark.");
    await others();
    if (verb === "delete") await records.delete(client, want, seen);
    else await records.update(client, want, { changed: new Set(["rrsets"]), seen, mark: seen.mark });
  }

  const addresses = (): Promise<string[]> =>
    dig(server().address, "www.example.test", "A", "mail.example.test", "A", "extra.example.test", "A");

  test("the same deployment may have made them what they are to be", async () => {
    await goOn("update", () => shop.create("records", { ...site, rrsets: [moved] }));
    expect(await addresses()).toEqual(["192.0.2.3"]);
  });

  test("or something else: what it added leaves with the update", async () => {
    await goOn("update", () => shop.create("records", { ...site, rrsets: [www, mail] }));
    expect(await addresses()).toEqual(["192.0.2.3"]);
  });

  test("or it added what is destroyed with them", async () => {
    await goOn("delete", () => shop.create("records", { ...site, rrsets: [www, mail] }));
    expect(await addresses()).toEqual([]);
  });

  test("or destroyed them: the update makes them anew, a destroy has nothing to do", async () => {
    await goOn("delete", () => shop.destroy("records", site));
    expect(await addresses()).toEqual([]);
    await shop.create("records", site);
    await goOn("update", () => shop.destroy("records", site));
    expect(await addresses()).toEqual(["192.0.2.3"]);
  });

  test("somebody else may have taken them over: nothing is changed", async () => {
    const change = goOn("update", () => shop.create("records", { ...site, managedBy: "other", adoptFrom: "shop" }));
    await expect(change).rejects.toThrow("somebody else took _nixops4-records.site.example.test TXT");
    expect(await addresses()).toEqual(["192.0.2.1"]);
  });

  test("or made what has the name of a record that is declared: nothing is changed", async () => {
    const change = goOn("update", async () => {
      await shop.destroy("records", site);
      await shop.create("records", { ...site, name: "other" });
    });
    await expect(change).rejects.toThrow("www.example.test A belongs to the records other");
    expect(await addresses()).toEqual(["192.0.2.1"]);
  });
});
