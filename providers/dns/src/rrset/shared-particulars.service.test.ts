import { join } from "node:path";
import { dig } from "@nixops4-resources/integration-servers/dns/dig";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { NameServerBackend } from "../testing/name-server-backend.ts";
import { PowerdnsBackend } from "../testing/powerdns-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const zone = "example.test";
const apex = { name: zone, type: "TXT", shared: true };
const spf = { ...apex, part: "spf", values: ["v=spf1 mx -all"] };
const verification = { ...apex, part: "verification", values: ["site-verification=abc"] };
const ofBlog = { ...apex, managedBy: "blog", values: ["other-verification=def"] };

describe("a shared set", () => {
  const server = serverOf(startKnot);
  let backend: NameServerBackend;
  let shop: Deployment;
  beforeEach(async () => {
    backend ??= await NameServerBackend.make(server(), [zone, "2.0.192.in-addr.arpa"]);
    await backend.reset();
    shop = new Deployment(main, backend.connection);
  });
  const texts = async (): Promise<string[]> => (await dig(server().address, zone, "TXT")).sort();
  const create = async (inputs: Message, outcome = "created"): Promise<void> => {
    const reply = await shop.create("rrset", inputs);
    expect([reply.error, reply.outcome]).toEqual([undefined, outcome]);
  };
  const refusalOf = async (inputs: Message, type = "rrset"): Promise<string> => {
    const before = await backend.writes();
    const { error } = await shop.create(type, inputs);
    expect(await backend.writes()).toEqual(before);
    return error ?? "no error";
  };

  test("has values of two resources and another deployment, and a destroy removes only its own", async () => {
    await create(spf);
    await create(verification);
    await create(ofBlog);
    expect(await texts()).toEqual(['"other-verification=def"', '"site-verification=abc"', '"v=spf1 mx -all"']);
    for (const inputs of [spf, verification, ofBlog]) await create(inputs, "unchanged");
    expect(await shop.destroy("rrset", spf)).toMatchObject({ outcome: "deleted" });
    expect(await texts()).toEqual(['"other-verification=def"', '"site-verification=abc"']);
    await shop.destroy("rrset", verification);
    await shop.destroy("rrset", ofBlog);
    expect((await backend.records(zone)).filter((record) => record.includes("TXT"))).toEqual([
      '*.wild.example.test. 300 IN TXT "from the wildcard"',
    ]);
  });

  test("gets the new value of a part instead of the old one, also without a state", async () => {
    await create(spf);
    await create(verification);
    await create({ ...spf, values: ["v=spf1 a -all"] }, "updated");
    expect(await texts()).toEqual(['"site-verification=abc"', '"v=spf1 a -all"']);
  });

  test("gets the new value instead of the old one without a `part` only if a state remembers the old one", async () => {
    const one = { ...apex, values: ["one"] };
    const two = { ...apex, values: ["two"] };
    await create(one);
    expect(await shop.update("rrset", one, two)).toMatchObject({ outcome: "updated", error: undefined });
    expect(await texts()).toEqual(['"two"']);
    await create({ ...apex, values: ["three"] });
    expect(await texts()).toEqual(['"three"', '"two"']);
    await shop.destroy("rrset", two);
    expect(await texts()).toEqual(['"three"']);
  });

  test("keeps values without a mark, and gives one of them to the resource that adopts it", async () => {
    await backend.change(zone, `add ${zone} 300 TXT "by hand"`, `add ${zone} 300 TXT "v=spf1 mx -all"`);
    expect(await refusalOf(spf)).toMatch(/^\[protocol\.ownership\.unmarked\]/);
    await create(verification);
    await create({ ...spf, adopt: true }, "adopted");
    expect(await refusalOf({ ...verification, values: [...verification.values, "by hand"] })).toMatch(
      /^\[dns\.rrset\.taken\] .* the value "by hand" of example\.test TXT exists and has no mark .*\nHint: Declare it in a resource of its own/,
    );
    await shop.destroy("rrset", verification);
    // It was adopted, so it stays, without our mark.
    expect(await shop.destroy("rrset", spf)).toMatchObject({ outcome: "retained" });
    expect(await texts()).toEqual(['"by hand"', '"v=spf1 mx -all"']);
    expect((await backend.records(zone)).filter((record) => record.startsWith("_nixops4"))).toEqual([]);
  });

  test("takes only the values over that `adoptFrom` names", async () => {
    await create({ ...ofBlog, values: ["a", "b"] });
    await create({ ...apex, managedBy: "wiki", values: ["c"] });
    expect(await refusalOf({ ...apex, values: ["a"] })).toMatch(
      /^\[protocol\.ownership\.foreign\] .* the deployment blog manages it.*\nHint: Set `adoptFrom = "blog"` .* or remove the value from `values`/,
    );
    await create({ ...apex, values: ["a"], adoptFrom: "blog" }, "adopted");
    await create({ ...ofBlog, values: ["b"] }, "unchanged");
    const taken = await shop.create("rrset", { ...apex, values: ["b", "c"], adoptFrom: "blog" });
    expect(taken.error).toContain("the deployment wiki manages it");
    await create({ ...apex, managedBy: "wiki", values: ["c"] }, "unchanged");
    expect(await texts()).toEqual(['"a"', '"b"', '"c"']);
  });

  test("rejects another TTL, and names the owners of the other values", async () => {
    await create(spf);
    expect(await refusalOf({ ...ofBlog, ttlSeconds: 60 })).toBe(
      "[dns.shared.ttl] Unable to create rrset example.test TXT: example.test TXT has a TTL of 300 s and values of the deployment shop (part spf), not 60 s; all records of a set have one TTL (RFC 2181, section 5.2).\nHint: Set `ttlSeconds = 300`; to change the TTL, change it at the server, then in all resources that share the set.",
    );
    await create({ ...spf, ttlSeconds: 60 }, "updated");
    await create({ ...ofBlog, ttlSeconds: 60 });
    expect(await refusalOf({ ...spf, ttlSeconds: 300 })).toContain("has a TTL of 60 s and values of the deployment");
    // As the hint says: somebody changes the whole set at the server first.
    await backend.change(
      zone,
      `delete ${zone} TXT`,
      ...[...spf.values, ...ofBlog.values].map((value) => `add ${zone} 300 TXT "${value}"`),
    );
    await create({ ...spf, ttlSeconds: 300 }, "unchanged");
    await create({ ...ofBlog, ttlSeconds: 300 }, "unchanged");
  });

  test("rejects a resource that declares the whole set, and names both", async () => {
    await create(spf);
    const whole = { name: zone, type: "TXT", values: ["x"] };
    const words =
      "example.test TXT is a shared set with values of the deployment shop (part spf), and this resource declares the whole set";
    for (const other of [{}, { adopt: true }, { managedBy: "blog" }, { managedBy: "blog", adoptFrom: "shop" }]) {
      expect(await refusalOf({ ...whole, ...other })).toContain(
        `[dns.rrset.shared] Unable to read rrset example.test TXT: ${words}`,
      );
    }
    const records = { zone, name: "site", rrsets: [whole] };
    expect(await refusalOf(records, "records")).toContain("and the records site declares the whole set");
  });

  test.each(["rrset", "records"])("is rejected if a `%s` declares the whole set, and both are named", async (type) => {
    const whole = { name: zone, type: "TXT", values: ["x"] };
    await shop.create(type, type === "rrset" ? whole : { zone, name: "site", rrsets: [whole] });
    for (const sharing of [spf, ofBlog, { ...spf, adopt: true }, { ...ofBlog, adoptFrom: "shop" }]) {
      expect(await refusalOf(sharing)).toMatch(
        /^\[dns\.rrset\.shared\] .* belongs as a whole to (an `rrset` without `shared`|the records site) of the deployment shop, and this resource of the deployment (shop|blog) shares the set.\nHint: .*`shared = true` and `adopt = true`/,
      );
    }
  });

  test("is the way out in the error for a second owner of a whole set", async () => {
    const whole = { name: zone, type: "TXT", values: ["x"] };
    await shop.create("rrset", whole);
    expect(await refusalOf({ ...whole, managedBy: "blog" })).toMatch(
      /\nHint: .*or set `shared = true` on this resource/,
    );
    const records = { zone, name: "site", rrsets: [whole] };
    expect(await refusalOf(records, "records")).toMatch(/\nHint: .* as `rrset` with `shared = true`/);
    expect(await refusalOf({ ...records, managedBy: "blog" }, "records")).toMatch(/\nHint: .*`shared = true` in both/);
  });

  test("is made from a whole set as the hint says", async () => {
    const whole = { name: zone, type: "TXT", values: spf.values };
    await create(whole);
    expect((await shop.update("rrset", { ...whole, shared: false }, spf)).error).toMatch(
      /^\[protocol\.immutable\] .*\nHint: Destroy the resource with `deletion = "retain"`/,
    );
    await shop.destroy("rrset", { ...whole, deletion: "retain" });
    await create({ ...spf, adopt: true }, "adopted");
    await create(ofBlog);
  });

  test("rejects a value that another part of the deployment owns", async () => {
    await create(spf);
    expect(await refusalOf({ ...spf, part: "mail" })).toContain(
      "[dns.rrset.taken] Unable to read rrset example.test TXT (mail): a value of example.test TXT belongs to the part spf of this deployment (shop)",
    );
  });

  test.each([
    [{ shared: false }, "`part` names values of a shared set"],
    [{ type: "CNAME", values: ["a.test."] }, "`shared` is not for CNAME"],
  ])("rejects %j: %s", async (other, words) => {
    expect(await refusalOf({ ...spf, ...other })).toContain(words);
  });

  test("creates PTR records for its own addresses only", async () => {
    const at = (address: string): Promise<string[]> => dig(server().address, "-x", address);
    const www = { name: "www.example.test", type: "A", shared: true };
    await create({ ...www, values: ["192.0.2.1"], managedBy: "blog" });
    const own = { ...www, part: "web", values: ["192.0.2.2"], ptr: true };
    await create(own);
    expect([await at("192.0.2.1"), await at("192.0.2.2")]).toEqual([[], ["www.example.test."]]);
    await create({ ...own, values: ["192.0.2.3"] }, "updated");
    expect([await at("192.0.2.2"), await at("192.0.2.3")]).toEqual([[], ["www.example.test."]]);
    await create({ ...www, values: ["192.0.2.1"], managedBy: "blog" }, "unchanged");
    await shop.destroy("rrset", { ...own, values: ["192.0.2.3"] });
    expect(await at("192.0.2.3")).toEqual([]);
    expect(await dig(server().address, "www.example.test", "A")).toEqual(["192.0.2.1"]);
  });

  test("replaces the previously declared type of a part", async () => {
    const www = { name: "www.example.test", type: "A", shared: true, part: "web", values: ["192.0.2.1"] };
    const v6 = { ...www, type: "AAAA", values: ["2001:db8::1"] };
    await create({ ...www, values: ["192.0.2.9"], managedBy: "blog" });
    await create(www);
    expect(await shop.update("rrset", www, v6)).toMatchObject({ outcome: "updated", error: undefined });
    expect(await dig(server().address, www.name, "A")).toEqual(["192.0.2.9"]);
    expect(await dig(server().address, www.name, "AAAA")).toEqual(["2001:db8::1"]);
  });

  test("is listed with each part and its values", async () => {
    await create(spf);
    await create(verification);
    await create(ofBlog);
    const { body } = await shop.list("rrset");
    expect(body["resources"]).toMatchObject([
      { label: "example.test TXT (spf)", inputProperties: { part: "spf", shared: true, values: ['"v=spf1 mx -all"'] } },
      { label: "example.test TXT (verification)", inputProperties: { part: "verification", shared: true } },
    ]);
  });

  test("gets the values of 20 deployments that create them at once", async () => {
    const owners = Array.from({ length: 20 }, (_, index) => ({
      ...apex,
      managedBy: `owner-${index}`,
      values: [`value ${String(index).padStart(2, "0")}`],
    }));
    const replies = await Promise.all(owners.map((inputs) => shop.create("rrset", inputs)));
    expect(replies.map(({ error }) => error)).toEqual(owners.map(() => undefined));
    expect(await texts()).toEqual(owners.map(({ values }) => `"${values[0]}"`));
    const destroyed = await Promise.all(owners.map((inputs) => shop.destroy("rrset", inputs)));
    expect(destroyed.map(({ outcome }) => outcome)).toEqual(owners.map(() => "deleted"));
    expect(await texts()).toEqual([]);
  });
});

describe("a shared set by PowerDNS' API", () => {
  const server = serverOf(startPowerdns);

  test("gets the values of 20 deployments that create them at once on one machine", async () => {
    const backend = await PowerdnsBackend.make(server(), [`${zone}.`]);
    const shop = new Deployment(main, backend.connection);
    const owners = Array.from({ length: 20 }, (_, index) => ({
      ...apex,
      managedBy: `owner-${index}`,
      values: [`value ${String(index).padStart(2, "0")}`],
    }));
    const replies = await Promise.all(owners.map((inputs) => shop.create("rrset", inputs)));
    expect(replies.map(({ error }) => error)).toEqual(owners.map(() => undefined));
    expect((await dig(server().address, zone, "TXT")).sort()).toEqual(owners.map(({ values }) => `"${values[0]}"`));
    await Promise.all(owners.map((inputs) => shop.destroy("rrset", inputs)));
    expect(await dig(server().address, zone, "TXT")).toEqual([]);
  });
});
