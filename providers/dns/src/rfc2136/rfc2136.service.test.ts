import { createServer, connect } from "node:net";
import { once } from "node:events";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { serials } from "@nixops4-resources/integration-servers/dns/dig";
import { nsupdate } from "@nixops4-resources/integration-servers/dns/nsupdate";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { canonical, DnsClient } from "@nixops4-resources/dns-client";
import { describe, expect, test } from "vitest";
import { Conflict } from "../backend.ts";
import { isSameKey, nothingAt, type Key, type Stored } from "../stored.ts";
import { openWriter } from "../testing/open-writer.ts";
import type { Rfc2136Writer } from "./writer.ts";

const zone = "example.test.";

/** Values of every type, at all kinds of names. */
const everyType: [name: string, type: string, values: unknown[]][] = [
  ["a.types", "A", ["192.0.2.1", "192.0.2.2"]],
  ["aaaa.types", "AAAA", ["2001:db8::1", "::ffff:192.0.2.1"]],
  ["cname.types", "CNAME", ["www.example.test."]],
  ["mx.types", "MX", ["10 mail.elsewhere.invalid.", "0 ."]],
  [
    "txt.types",
    "TXT",
    [{ text: `v=DKIM1; k=rsa; p=${"A".repeat(700)}` }, { text: 'héllo "q" \\ ; ünï' }, { text: "" }],
  ],
  ["_xmpp-client._tcp.types", "SRV", ["5 0 5222 xmpp.example.test."]],
  [
    "caa.types",
    "CAA",
    [{ tag: "issue", value: "letsencrypt.org; validationmethods=dns-01" }, '128 iodef "mailto:x@example.test"'],
  ],
  ["_443._tcp.types", "TLSA", [`3 1 1 ${"ab".repeat(32)}`]],
  ["sshfp.types", "SSHFP", [`4 2 ${"cd".repeat(32)}`]],
  ["https.types", "HTTPS", ["1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1", "0 svc.example.test."]],
  ["_foo.types", "SVCB", ["2 svc.example.test. mandatory=alpn alpn=h2 dohpath=/dns-query{?dns}"]],
  ["naptr.types", "NAPTR", ['1 2 "S" "SIP+D2U" "" _sip._udp.example.test.']],
  ["ptr.types", "PTR", ["host.example.test."]],
  ["cut.types", "NS", ["ns1.elsewhere.invalid."]],
  ["cut.types", "DS", [`1 13 2 ${"ef".repeat(32)}`]],
  ["loc.types", "LOC", ["52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000.00m 10.00m", "90 S 180 W 42849672.95m"]],
  ["cds.types", "CDS", [`1 13 2 ${"ef".repeat(32)}`]],
  ["cdnskey.types", "CDNSKEY", [`257 3 13 ${Buffer.alloc(64, 7).toString("base64")}`]],
  ["_ftp._tcp.types", "URI", ['10 1 "ftp://ftp.example.test/public;a \\"b\\""']],
  ["dname.types", "DNAME", ["example.invalid."]],
  ["_x._smimecert.types", "SMIMEA", [`3 0 0 ${"ab".repeat(300)}`]],
  ["_x._openpgpkey.types", "OPENPGPKEY", [Buffer.alloc(600, 9).toString("base64")]],
  ["cert.types", "CERT", ["1 0 0 AQIDBA==", `65535 65535 255 ${Buffer.alloc(100, 9).toString("base64")}`]],
  ["hinfo.types", "HINFO", ['"Generic PC clone" "Linux \\"x\\""']],
  ["rp.types", "RP", ["hostmaster.example.test. contact.example.test.", "hostmaster.example.test. ."]],
  ["afsdb.types", "AFSDB", ["1 afs.example.test."]],
  ["raw.types", "TYPE65400", [String.raw`\# 4 00010203`]],
  ["*.types", "A", ["192.0.2.77"]],
  ["_acme-challenge.bücher.types", "TXT", [{ text: "x" }]],
];

const setAt = (name: string, type: string, values: readonly unknown[], note: string | null = null): Stored => ({
  name,
  type,
  ttlSeconds: 300,
  values: values.map((value) => canonical(type, value)).sort(),
  note,
});

const setsOfEveryType = everyType.map(([name, type, values]) =>
  setAt(`${name.replace("bücher", "xn--bcher-kva")}.${zone}`, type, values, `nixops4:test\n${type}`),
);

describe.each([
  ["BIND", startBind, []],
  ["Knot", startKnot, []],
  // Its transfers contain them only with `direct-dnskey=yes`.
  ["PowerDNS", startPowerdns, ["CDS", "CDNSKEY"]],
])("a dynamic update on %s", (_name, start, omitted: string[]) => {
  const server = serverOf(start);
  const open = (): Promise<Rfc2136Writer> => openWriter(server().address);

  test("stores every type octet by octet, for lookups and transfers", async () => {
    await using writer = await open();
    const prerequisites = setsOfEveryType.map(nothingAt);
    await writer.commit({ zone, prerequisites, changes: setsOfEveryType });
    expect(await writer.look(zone, setsOfEveryType)).toEqual(setsOfEveryType);
    const all = await writer.all(zone);
    const transferred = setsOfEveryType.filter(({ type }) => !omitted.includes(type));
    expect(transferred.map((set) => all.find((one) => isSameKey(one, set)))).toEqual(transferred);
    await writer.commit({ zone, prerequisites: setsOfEveryType, changes: prerequisites });
    expect(await writer.look(zone, setsOfEveryType)).toEqual(prerequisites);
  });

  test.each<[why: string, key: Key, values: string[]]>([
    ["finds no record under a wildcard", { name: "any.wild.example.test.", type: "A" }, []],
    ["finds a wildcard itself", { name: "*.wild.example.test.", type: "A" }, ["192.0.2.99"]],
    ["finds a delegation", { name: "elsewhere.example.test.", type: "NS" }, ["ns1.elsewhere.test."]],
    ["finds no record below a delegation", { name: "www.elsewhere.example.test.", type: "A" }, []],
    ["finds no record at an empty non-terminal", { name: "wild.example.test.", type: "TXT" }, []],
  ])("%s", async (_why, key, values) => {
    await using writer = await open();
    const before = await serials(server().address);
    const [stored] = await writer.look(zone, [key]);
    expect(stored).toEqual({ ...key, ttlSeconds: values.length === 0 ? 0 : 300, values, note: null });
    expect(await serials(server().address), "serials after a lookup").toEqual(before);
  });

  test("finds a record hidden by a delegation, by transfer", async () => {
    await using writer = await open();
    const hidden = setAt("www.elsewhere.example.test.", "A", ["192.0.2.1"], "nixops4:test");
    await writer.commit({ zone, prerequisites: [nothingAt(hidden)], changes: [hidden] });
    expect(await writer.look(zone, [hidden])).toEqual([hidden]);
    await writer.commit({ zone, prerequisites: [hidden], changes: [nothingAt(hidden)] });
  });

  test.each([
    ["www.example.test.", "A", "example.test."],
    ["a.b.child.example.test.", "A", "child.example.test."],
    ["child.example.test.", "NS", "child.example.test."],
    ["child.example.test.", "DS", "example.test."],
    ["www.elsewhere.example.test.", "A", "example.test."],
    ["1.2.0.192.in-addr.arpa.", "PTR", "2.0.192.in-addr.arpa."],
  ])("finds the zone of %s %s: %s", async (name, type, expected) => {
    await using writer = await open();
    expect(await writer.findZone({ name, type })).toEqual({ name: expected, serial: expect.any(Number) });
  });

  test("finds the zone of a CNAME record, not of its target", async () => {
    await using writer = await open();
    const alias = setAt("alias.example.test.", "CNAME", ["ns1.second.test."]);
    await writer.commit({ zone, prerequisites: [nothingAt(alias)], changes: [alias] });
    expect(await writer.findZone(alias)).toMatchObject({ name: zone });
    await writer.commit({ zone, prerequisites: [alias], changes: [nothingAt(alias)] });
  });

  test("lets one of 20 racing creates succeed", async () => {
    const racers = Array.from({ length: 20 }, (_, index) =>
      setAt("race.example.test.", "A", [`192.0.2.${index + 1}`], "m"),
    );
    const results = await Promise.allSettled(
      racers.map(async (set) => {
        await using writer = await open();
        await writer.commit({ zone, prerequisites: [nothingAt(set)], changes: [set] });
      }),
    );
    const lost = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    expect(lost).toHaveLength(19);
    for (const reason of lost) expect(reason).toBeInstanceOf(Conflict);
  });

  test("changes nothing if a record or a mark changed since it was seen", async () => {
    await using writer = await open();
    const seen = setAt("swap.example.test.", "A", ["192.0.2.1"], "nixops4:ours");
    const wanted = setAt("swap.example.test.", "A", ["192.0.2.2"], "nixops4:ours");
    await writer.commit({ zone, prerequisites: [nothingAt(seen)], changes: [seen] });
    for (const stale of [nothingAt(seen), wanted, { ...seen, note: null }, { ...seen, note: "nixops4:theirs" }]) {
      await expect(writer.commit({ zone, prerequisites: [stale], changes: [wanted] })).rejects.toBeInstanceOf(Conflict);
    }
    expect(await writer.look(zone, [seen])).toEqual([seen]);
    await writer.commit({ zone, prerequisites: [seen], changes: [wanted] });
    expect(await writer.look(zone, [seen])).toEqual([wanted]);
  });

  test("succeeds without a second change if the answer is lost", async () => {
    await using lossy = await loseAnswer(server().address, 1);
    await using writer = await openWriter({ ...server().address, ...lossy.endpoint });
    const set = setAt("lost.example.test.", "A", ["192.0.2.1"], "nixops4:test");
    const before = (await serials(server().address))["example.test."] ?? 0;
    await writer.commit({ zone, prerequisites: [nothingAt(set)], changes: [set] });
    expect(lossy.lost, "answers lost").toBe(1);
    expect((await serials(server().address))["example.test."]).toBe(before + 1);
    expect(await writer.look(zone, [set])).toEqual([set]);
  });

  test("replaces value and TTL without a moment in which a resolver sees nothing", async () => {
    await using writer = await open();
    const old = setAt("steady.example.test.", "A", ["192.0.2.1"], "m");
    const changed: Stored = { ...setAt("steady.example.test.", "A", ["192.0.2.2"], "m"), ttlSeconds: 60 };
    await writer.commit({ zone, prerequisites: [nothingAt(old)], changes: [old] });
    const seen = await whileAsking(server().address, [old], async () => {
      for (let round = 0; round < 5; round++) {
        await writer.commit({ zone, prerequisites: [old], changes: [changed] });
        await writer.commit({ zone, prerequisites: [changed], changes: [old] });
      }
    });
    expect([...seen].sort()).toEqual(["A 192.0.2.1 300", "A 192.0.2.2 60"]);
  });

  test("replaces an A record with a CNAME record without a moment with neither or both", async () => {
    await using writer = await open();
    const address = setAt("turn.example.test.", "A", ["192.0.2.1"], "m");
    const alias = setAt("turn.example.test.", "CNAME", ["ns1.example.test."], "m");
    await writer.commit({ zone, prerequisites: [nothingAt(address)], changes: [address] });
    const seen = await whileAsking(server().address, [address], async (isAnswered) => {
      for (const [from, to] of [[address, alias] as const, [alias, address] as const]) {
        await writer.commit({ zone, prerequisites: [from, nothingAt(to)], changes: [nothingAt(from), to] });
        await isAnswered();
      }
    });
    expect([...seen].sort()).toEqual(["A 192.0.2.1 300", "CNAME ns1.example.test. 300"]);
  });
});

/** Knot refuses a DNAME record above other records. */
describe.each([
  ["BIND", startBind],
  ["PowerDNS", startPowerdns],
])("a DNAME record on %s", (_name, start) => {
  const server = serverOf(start);

  test("hides a record, which is found by transfer", async () => {
    const { address } = server();
    await using writer = await openWriter(address);
    const hidden = setAt("www.moved.example.test.", "A", ["192.0.2.1"], "nixops4:test");
    const redirection = setAt("moved.example.test.", "DNAME", ["second.test."]);
    await writer.commit({ zone, prerequisites: [nothingAt(hidden)], changes: [hidden] });
    await nsupdate(address, address.keys.sha256, zone, ["add moved.example.test 300 DNAME second.test"]);
    expect(await writer.look(zone, [hidden, redirection])).toEqual([hidden, redirection]);
    const changes = [nothingAt(hidden), nothingAt(redirection)];
    await writer.commit({ zone, prerequisites: [hidden, redirection], changes });
    expect(await writer.look(zone, changes)).toEqual(changes);
  });
});

/**
 * Everything that a resolver sees at a key during the work, each as `TYPE VALUE TTL`. The work can wait for the answer to a
 * question that is asked from now on.
 */
async function whileAsking(
  { host, port }: { host: string; port: number },
  [key = { name: ".", type: "A" }]: readonly Key[],
  work: (isAnswered: () => Promise<void>) => Promise<void>,
): Promise<Set<string>> {
  using resolver = new DnsClient({ host, port });
  const seen = new Set<string>();
  let answered = 0;
  const working = new AbortController();
  const asking = (async () => {
    while (!working.signal.aborted) {
      const { answers } = await resolver.query(key);
      const own = answers.filter(({ name }) => name === key.name);
      if (own.length === 0) seen.add("nothing");
      for (const { type, rdata, ttlSeconds } of own) {
        const value = type === "A" ? rdata.join(".") : "ns1.example.test.";
        seen.add(`${type} ${value} ${ttlSeconds}`);
      }
      answered++;
    }
  })();
  await work(async () => {
    // The question in progress may be older.
    const enough = answered + 2;
    await expect.poll(() => answered, { interval: 1, timeout: 10_000 }).toBeGreaterThanOrEqual(enough);
  });
  working.abort();
  await asking;
  return seen;
}

/** A proxy that closes the connection instead of delivering one answer, and forwards everything else. */
async function loseAnswer(
  target: { host: string; port: number },
  number: number,
): Promise<{ endpoint: { host: string; port: number }; readonly lost: number } & AsyncDisposable> {
  let answers = 0;
  let lost = 0;
  const proxy = createServer((client) => {
    const server = connect(target);
    client.on("data", (octets) => server.write(octets)).on("close", () => server.destroy());
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    server.on("data", (octets) => {
      if (++answers !== number) {
        client.write(octets);
        return;
      }
      lost++;
      client.destroy();
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("The proxy does not listen.");
  return {
    endpoint: { host: "127.0.0.1", port: address.port },
    get lost() {
      return lost;
    },
    async [Symbol.asyncDispose]() {
      proxy.close();
    },
  };
}
