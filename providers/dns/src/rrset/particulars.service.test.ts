import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { dig } from "@nixops4-resources/integration-servers/dns/dig";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment } from "@nixops4-resources/protocol-core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { NameServerBackend } from "../testing/name-server-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const zone = "example.test";

describe("rrset", () => {
  const server = serverOf(startKnot);
  let backend: NameServerBackend;
  let shop: Deployment;
  beforeEach(async () => {
    backend ??= await NameServerBackend.make(server(), [zone, "2.0.192.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa"]);
    await backend.reset();
    shop = new Deployment(main, backend.connection);
  });
  const at = (address: string): Promise<string[]> => dig(server().address, "-x", address);
  const www = { name: "www.example.test", type: "A", values: ["192.0.2.1"] };

  test("replaces the previously declared type in one update, including the mark", async () => {
    await shop.create("rrset", www);
    const alias = { name: www.name, type: "CNAME", values: ["ns1.example.test"] };
    const serial = async (): Promise<number> => Number((await dig(server().address, zone, "SOA"))[0]?.split(" ")[2]);
    const before = await serial();
    expect(await shop.update("rrset", www, alias)).toMatchObject({ outcome: "updated", error: undefined });
    expect(await serial()).toBe(before + 1);
    expect((await backend.records(zone)).filter((record) => record.includes("www"))).toEqual([
      expect.stringMatching(/^_nixops4-cname\.www\.example\.test\. 300 IN TXT "nixops4:/),
      "www.example.test. 300 IN CNAME ns1.example.test.",
    ]);
    expect(await shop.update("rrset", alias, www)).toMatchObject({ outcome: "updated" });
    expect(await dig(server().address, www.name, "A")).toEqual(["192.0.2.1"]);
  });

  test("keeps a set of another type, and rejects a CNAME beside it, without a state", async () => {
    await shop.create("rrset", www);
    const alias = { name: www.name, type: "CNAME", values: ["ns1.example.test"] };
    expect((await shop.create("rrset", alias)).error).toContain("[dns.cname.beside]");
    expect(await dig(server().address, www.name, "A")).toEqual(["192.0.2.1"]);
  });

  test("accepts Unicode names, wildcards, and TXT texts with any characters", async () => {
    const dkim = `v=DKIM1; k=rsa; p=${"A".repeat(390)}`;
    const created = await shop.create("rrset", { name: "_dk.bücher.example.test.", type: "TXT", values: [dkim] });
    expect(created.outputs).toMatchObject({ fqdn: "_dk.xn--bcher-kva.example.test", zone });
    const [text = ""] = await dig(server().address, "_dk.xn--bcher-kva.example.test", "TXT");
    expect(text.replaceAll(/^"|"$|" "/g, "").replaceAll("\\;", ";")).toBe(dkim);
    expect((await shop.create("rrset", { ...www, name: "*.example.test" })).outcome).toBe("created");
    expect(await dig(server().address, "anything.example.test", "A")).toEqual(["192.0.2.1"]);
    // Queries for this name get the wildcard's answer, but no record exists.
    expect((await shop.create("rrset", { ...www, values: ["192.0.2.2"] })).outcome).toBe("created");
  });

  test("changes nothing if only the spelling of values differs", async () => {
    const inputs = { name: "v6.example.test", type: "AAAA", values: ["2001:DB8:0::1", "2001:db8::2"] };
    await shop.create("rrset", inputs);
    const values = ["2001:db8::2", { address: "2001:db8::1" }];
    expect((await shop.create("rrset", { ...inputs, name: "V6.Example.Test.", values })).outcome).toBe("unchanged");
  });

  test.each([
    [{ name: "www" }, "[dns.zone.missing]"],
    [{ zone: "second.test" }, "[dns.name.outside]"],
    [{ zone: "www.example.test" }, "[dns.zone.missing]"],
    [{ name: "a..example.test" }, "[dns.name.invalid]"],
    [{ type: "MX", values: ["10 mail"] }, "a fully qualified name, not"],
    [{ type: "MX", values: [{ preference: 10 }] }, "`values[0]` must have `exchange` as a name"],
    [{ type: "SOA", values: ["a.test. b.test. 1 2 3 4 5"] }, "[dns.type.refused]"],
    [{ type: "CNAME", values: ["a.test.", "b.test."] }, "(RFC 2181, section 10.1)"],
    [{ type: "DNAME", values: ["a.test.", "b.test."] }, "(RFC 6672, section 2.4)"],
    [{ name: zone, type: "DNAME", values: ["a.test."] }, "[dns.dname.apex]"],
    [{ type: "ALIAS", values: ["a.test."] }, "[dns.type.refused]"],
    [{ type: "RRSIG", values: ["x"] }, "is not a known record type"],
    [{ type: "TYPE46", values: [String.raw`\# 0`] }, "[dns.type.refused]"],
    [{ type: "TXT", values: ["x"], ptr: true }, "`ptr` is for A and AAAA"],
  ])("rejects %j: %s", async (other, words) => {
    const before = await backend.writes();
    expect((await shop.create("rrset", { ...www, ...other })).error).toContain(words);
    expect(await backend.writes()).toEqual(before);
  });

  test.each(["gss-tsig", "GSS-TSIG"])("rejects the algorithm %s by its name", async (algorithm) => {
    const { host, port } = server().address;
    const tsig = { name: "x", algorithm, secret: { file: "/dev/null" } };
    const { error } = await shop.create("rrset", { ...www, connection: { rfc2136: { host, port, tsig } } });
    expect(error).toContain(
      "`connection.rfc2136.tsig.algorithm` must be one of hmac-sha256, hmac-sha384, hmac-sha512, since GSS-TSIG (RFC 3645) needs Kerberos, which is not supported",
    );
    tsig.algorithm = "hmac-md5";
    const other = await shop.create("rrset", { ...www, connection: { rfc2136: { host, port, tsig } } });
    expect(other.error).toContain('must be one of "hmac-sha256", "hmac-sha384", "hmac-sha512", got "hmac-md5"');
  });

  test("creates a DNAME record, which redirects the names below, with its mark outside of them", async () => {
    const moved = { name: "old.example.test", type: "DNAME", values: [{ target: "example.test" }] };
    expect(await shop.create("rrset", moved)).toMatchObject({ outcome: "created", error: undefined });
    expect(await dig(server().address, "ns1.old.example.test", "A")).toEqual([
      "example.test.",
      "ns1.example.test.",
      "127.0.0.1",
    ]);
    expect((await shop.create("rrset", moved)).outcome).toBe("unchanged");
    expect((await shop.destroy("rrset", moved)).outcome).toBe("deleted");
    expect((await backend.records(zone)).filter((record) => record.includes("old"))).toEqual([]);
  });

  test("keeps the mark of a type that was declared by its number and now has a name", async () => {
    const rdata = String.raw`\# 16 000016138b3cf018810cbce0009895b8`;
    const mark = `nixops4:{\\"v\\":1,\\"managedBy\\":\\"shop\\",\\"type\\":\\"rrset\\"}`;
    await backend.change(
      zone,
      `add www.example.test 300 TYPE29 ${rdata}`,
      `add _nixops4-type29.www.example.test 300 TXT "${mark}"`,
    );
    const before = await backend.records(zone);
    const location = { latitude: "52 22 23 N", longitude: "4 53 32 E", altitudeMeters: -2, sizeMeters: 0 };
    expect(await shop.create("rrset", { ...www, type: "LOC", values: [location] })).toMatchObject({
      outcome: "unchanged",
      error: undefined,
    });
    expect((await shop.create("rrset", { ...www, type: "TYPE29", values: [rdata] })).outcome).toBe("unchanged");
    expect(await backend.records(zone)).toEqual(before);
  });

  test("finds the members of `records` that were declared by their numbers and now have a name", async () => {
    const rdata = String.raw`\# 16 000016138b3cf018810cbce0009895b8`;
    const member = { name: "here.example.test", type: "LOC", values: [rdata] };
    await shop.create("records", { zone, name: "site", rrsets: [www, member] });
    const manifest = (await backend.records(zone)).find((record) => record.startsWith("_nixops4-records.site")) ?? "";
    expect(manifest).toContain("here.example.test. LOC");
    await backend.change(zone, `delete ${manifest}`, `add ${manifest.replace(" LOC", " TYPE29")}`);
    expect(await shop.create("records", { zone, name: "site", rrsets: [www] })).toMatchObject({ error: undefined });
    expect((await backend.records(zone)).filter((record) => record.startsWith("here."))).toEqual([]);
  });

  test("accepts an ALIAS type by its number, which is free for private use", async () => {
    const own = { ...www, type: "TYPE65401", values: [String.raw`\# 2 abcd`] };
    expect(await shop.create("rrset", own)).toMatchObject({ outcome: "created", error: undefined });
  });

  test("creates PTR records for all addresses with `ptr`, updates and deletes them", async () => {
    const both = { ...www, values: ["192.0.2.1", "192.0.2.2"], ptr: true };
    const created = await shop.create("rrset", both);
    expect(created.outputs["ptrNames"]).toEqual(["1.2.0.192.in-addr.arpa", "2.2.0.192.in-addr.arpa"]);
    expect([await at("192.0.2.1"), await at("192.0.2.2")]).toEqual([["www.example.test."], ["www.example.test."]]);
    await shop.create("rrset", { ...both, values: ["192.0.2.2", "192.0.2.3"] });
    expect([await at("192.0.2.1"), await at("192.0.2.3")]).toEqual([[], ["www.example.test."]]);
    await shop.create("rrset", { ...both, values: ["192.0.2.2"], ptr: false });
    expect([await at("192.0.2.2"), await at("192.0.2.3")]).toEqual([[], []]);
    const v6 = { name: www.name, type: "AAAA", values: ["2001:db8::1"], ptr: true };
    await shop.create("rrset", v6);
    expect(await at("2001:db8::1")).toEqual(["www.example.test."]);
    await shop.destroy("rrset", v6);
    expect(await at("2001:db8::1")).toEqual([]);
  });

  test("changes nothing if a PTR record belongs to another owner", async () => {
    await backend.change("2.0.192.in-addr.arpa", "add 1.2.0.192.in-addr.arpa 300 PTR old.example.test.");
    expect((await shop.create("rrset", { ...www, ptr: true })).error).toContain("[dns.ptr.taken]");
    expect(await dig(server().address, www.name, "A")).toEqual([]);
    expect((await shop.create("rrset", { ...www, ptr: true, adopt: true })).outcome).toBe("created");
    expect(await dig(server().address, "-x", "192.0.2.1")).toEqual(["www.example.test."]);
    // The adopted PTR record is kept; only our mark is removed.
    await shop.destroy("rrset", { ...www, ptr: true });
    expect(await dig(server().address, "-x", "192.0.2.1")).toEqual(["www.example.test."]);
  });

  test("creates the PTR record at the target of a CNAME record (RFC 2317), and deletes it there", async () => {
    const target = "1.0-25.2.0.192.in-addr.arpa";
    await backend.change("2.0.192.in-addr.arpa", `add 1.2.0.192.in-addr.arpa 300 CNAME ${target}`);
    const created = await shop.create("rrset", { ...www, ptr: true });
    expect(created).toMatchObject({ outcome: "created", error: undefined, outputs: { ptrNames: [target] } });
    expect(await at("192.0.2.1")).toEqual([`${target}.`, "www.example.test."]);
    expect((await shop.create("rrset", { ...www, ptr: true })).outcome).toBe("unchanged");
    await shop.destroy("rrset", { ...www, ptr: true });
    expect(await at("192.0.2.1")).toEqual([`${target}.`]);
  });

  test.each([
    ["whose zone another server has", "1.0-25.2.0.192.elsewhere.invalid"],
    ["in a loop", "1.2.0.192.in-addr.arpa"],
  ])(
    "creates the A record, and names the place of the PTR record, if its CNAME record has a target %s",
    async (_why, target) => {
      await backend.change("2.0.192.in-addr.arpa", `add 1.2.0.192.in-addr.arpa 300 CNAME ${target}`);
      const created = await shop.create("rrset", { ...www, ptr: true });
      expect(created).toMatchObject({ outcome: "created", error: undefined, outputs: { ptrNames: [] } });
      expect(created.said).toContain(`"name":"${target}"`);
      expect(await dig(server().address, www.name, "A")).toEqual(["192.0.2.1"]);
      expect((await shop.destroy("rrset", { ...www, ptr: true })).outcome).toBe("deleted");
    },
  );

  test("warns once of a declared address whose reverse zone is not on the server", async () => {
    const far = { ...www, values: ["198.51.100.1"], ptr: true };
    const created = await shop.create("rrset", far);
    expect(created).toMatchObject({ outcome: "created", outputs: { ptrNames: [] } });
    expect(created.said.match(/gets no PTR record/g)).toHaveLength(1);
    const near = { ...www, ptr: true };
    await shop.create("rrset", near);
    await backend.change(zone, "add www.example.test 300 A 198.51.100.9");
    const corrected = await shop.create("rrset", near);
    expect(corrected).toMatchObject({ outcome: "updated", error: undefined });
    expect(corrected.said).not.toContain("PTR");
  });

  test("rejects a record set that another resource of the deployment declares", async () => {
    await shop.create("records", { zone, name: "site", rrsets: [www] });
    expect((await shop.create("rrset", www)).error).toContain(
      "[dns.rrset.taken] Unable to read rrset www.example.test A: www.example.test A belongs to the records site",
    );
    const twice = await shop.create("records", { zone, name: "other", rrsets: [www] });
    expect(twice.error).toContain("belongs to the records site of this deployment");
  });

  test("deletes record sets removed from `rrsets`, also without a state, but keeps adopted ones", async () => {
    await backend.change(zone, "add old.example.test 300 A 192.0.2.9");
    const old = { name: "old.example.test", type: "A", values: ["192.0.2.9"] };
    const mail = { name: "mail.example.test", type: "A", values: ["192.0.2.2"] };
    await shop.create("records", { zone, name: "site", rrsets: [www, mail] });
    const more = { zone, name: "site", rrsets: [www, mail, old] };
    expect((await shop.create("records", more)).error).toContain("[dns.rrset.taken]");
    expect(await shop.create("records", { ...more, adopt: true })).toMatchObject({ outcome: "updated" });
    expect(await shop.create("records", { zone, name: "site", rrsets: [www] })).toMatchObject({ outcome: "updated" });
    expect(await dig(server().address, "mail.example.test", "A", "old.example.test", "A")).toEqual(["192.0.2.9"]);
  });
});

describe("a zone of PowerDNS by dynamic update", () => {
  const powerdns = serverOf(startPowerdns);

  test("causes a warning if it accepts unsigned updates", async () => {
    const backend = await NameServerBackend.make(powerdns(), [zone]);
    const shop = new Deployment(main, backend.connection);
    const open = await shop.create("rrset", { name: "www.unsigned.test", type: "A", values: ["192.0.2.1"] });
    expect(open).toMatchObject({ outcome: "created" });
    expect(open.said).toContain("TSIG-ALLOW-DNSUPDATE");
    expect(open.said).toContain('"zone":"unsigned.test"');
    const closed = await shop.create("rrset", { name: "www.example.test", type: "A", values: ["192.0.2.1"] });
    expect(closed.said).not.toContain("TSIG-ALLOW-DNSUPDATE");
  });
});

describe("a server behind a firewall that drops queries for its version", () => {
  const knot = serverOf(startKnot);

  test("accepts records, two seconds later", async () => {
    const backend = await NameServerBackend.make(knot(), [zone]);
    await using front = await withoutVersion(knot().address.port);
    const shop = new Deployment(main, backend.at({ host: "127.0.0.1", port: front.port }));
    const started = performance.now();
    const created = await shop.create("rrset", { name: "www.example.test", type: "A", values: ["192.0.2.1"] });
    expect(created).toMatchObject({ outcome: "created", error: undefined });
    expect(front.dropped()).toBe(1);
    expect(performance.now() - started).toBeLessThan(8000);
    expect(await dig(knot().address, "www.example.test", "A")).toEqual(["192.0.2.1"]);
  });
});

/** A proxy that drops queries for `version.bind`. */
async function withoutVersion(port: number): Promise<{ port: number; dropped(): number } & AsyncDisposable> {
  let dropped = 0;
  const server = createServer((client) => {
    const behind = connect({ host: "127.0.0.1", port });
    for (const socket of [client, behind]) socket.on("error", () => undefined);
    behind.pipe(client);
    client.on("close", () => behind.destroy());
    client.on("data", (octets) => {
      if (!octets.includes("version")) behind.write(octets);
      else dropped++;
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy does not listen.");
  return { port: address.port, dropped: () => dropped, [Symbol.asyncDispose]: async () => void server.close() };
}
