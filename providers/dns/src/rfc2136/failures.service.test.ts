import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { startBind, startBindSecondary } from "@nixops4-resources/integration-servers/dns/bind";
import { dig } from "@nixops4-resources/integration-servers/dns/dig";
import type { DnsAddress } from "@nixops4-resources/integration-servers/dns/server";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { startNsd } from "@nixops4-resources/integration-servers/dns/nsd";
import { startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf, startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { ProviderError } from "@nixops4-resources/protocol-core";
import { describe, expect, test } from "vitest";
import { DnsWriter } from "../client.ts";
import { nothingAt, type Stored } from "../stored.ts";
import { openWriter } from "../testing/open-writer.ts";
import { waitForSecondaries } from "./secondaries.ts";
import type { Rfc2136Writer } from "./writer.ts";

const zone = "example.test.";
const www: Stored = { name: "www.example.test.", type: "A", ttlSeconds: 300, values: ["192.0.2.1"], note: null };

const add = (writer: Rfc2136Writer, ...sets: Stored[]): Promise<void> =>
  writer.commit({ zone, prerequisites: sets.map(nothingAt), changes: sets });

/** The error of the work, as `[code] message`. */
async function errorOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "no error";
  } catch (error) {
    if (error instanceof ProviderError) return `[${error.code}] ${error.message}`;
    throw error;
  }
}

describe.each([
  ["BIND", startBind],
  ["Knot", startKnot],
  ["PowerDNS", startPowerdns],
] as const)("a failing dynamic update on %s", (name, start) => {
  const server = serverOf<AsyncDisposable & { address: DnsAddress; restart(): Promise<void> }>(start);
  const open = (...other: [Parameters<typeof openWriter>[1]?, Parameters<typeof openWriter>[2]?]) =>
    openWriter(server().address, ...other);
  /** PowerDNS gives the same unsigned refusal for all of these. */
  const signed = (text: RegExp): RegExp => (name === "PowerDNS" ? /refuses a request signed with the key/ : text);

  test("reports the difference to a clock that is an hour off", async () => {
    await using writer = await open({}, { now: () => Math.floor(Date.now() / 1000) - 3600 });
    const error = await errorOf(writer.look(zone, [www]));
    expect(error).toMatch(
      signed(/^\[dns\.clock\.differs\] the clock of 127\.0\.0\.1:\d+ is 3(?:59\d|60\d) s ahead of ours/),
    );
    expect(error).toContain("nixops4-sha256 (hmac-sha256)");
  });

  test("names an unknown key, and a key with a different secret or algorithm", async () => {
    const { keys } = server().address;
    for (const other of [
      { name: "nobody" },
      { secretFile: keys.sha512.secretFile },
      { algorithm: "hmac-sha512" as const },
    ]) {
      await using writer = await open(other);
      const error = await errorOf(writer.look(zone, [www]));
      expect(error).toMatch(/^\[dns\.key\.refused\] /);
      expect(error).toContain(`the key ${other.name ?? "nixops4-sha256"} (${other.algorithm ?? "hmac-sha256"})`);
    }
  });

  test("works with a key of each algorithm", async () => {
    const { sha384, sha512 } = server().address.keys;
    for (const key of [sha384, sha512]) {
      await using writer = await open(key);
      expect(await errorOf(writer.look(zone, [www]))).toBe("no error");
    }
  });

  test("reports a key without rights, and a zone that the key may not change", async () => {
    await using writer = await open(server().address.keys.rightless);
    // PowerDNS does not sign refusals; Knot answers BADKEY although it knows the key.
    expect(await errorOf(add(writer, www))).toMatch(/^\[dns\.(update|key)\.refused\].*nixops4-rightless/);
    await using other = await open();
    const change = { ...www, name: "www.readonly.test." };
    const update = { zone: "readonly.test.", prerequisites: [nothingAt(change)], changes: [change] };
    expect(await errorOf(other.commit(update))).toMatch(/^\[dns\.(update|key)\.refused\].*nixops4-sha256/);
  });

  test("reports a zone that the server does not have", async () => {
    await using writer = await open();
    expect(await errorOf(writer.findZone({ name: "www.nowhere.test.", type: "A" }))).toMatch(
      /^\[dns\.zone\.missing\] 127\.0\.0\.1:\d+ has no zone that contains www\.nowhere\.test/,
    );
  });

  test("reports a name outside the zone", async () => {
    await using writer = await open();
    expect(await errorOf(add(writer, { ...www, name: "www.other.test." }))).toContain("[dns.name.outside]");
  });

  test("rejects a message over 65,535 octets before sending anything", async () => {
    await using writer = await open();
    const values = Array.from({ length: 300 }, (_, index) => `"${index}${"x".repeat(250)}"`);
    const error = await errorOf(add(writer, { ...www, type: "TXT", values }));
    expect(error).toMatch(/^\[dns\.message\.tooLong\] the update would be a message of [89]\d{4} octets/);
    expect(await dig(server().address, "www.example.test", "TXT")).toEqual([]);
  });

  test("rejects a CNAME record beside other records, and vice versa, without changes", async () => {
    await using writer = await open();
    const alias = { ...www, name: "alias.example.test.", type: "CNAME", values: ["ns1.example.test."] };
    await add(writer, alias, www);
    const beside = { ...www, name: alias.name };
    expect(await errorOf(add(writer, beside))).toMatch(/^\[dns\.cname\.beside\] a CNAME record exists/);
    const aliasBeside = { ...alias, name: www.name };
    expect(await errorOf(add(writer, aliasBeside))).toMatch(
      /^\[dns\.cname\.beside\] www\.example\.test has other records \(A\)/,
    );
    expect(await writer.look(zone, [alias, beside, www, aliasBeside])).toEqual([
      alias,
      nothingAt(beside),
      www,
      nothingAt(aliasBeside),
    ]);
    await writer.commit({ zone, prerequisites: [alias, www], changes: [nothingAt(alias), nothingAt(www)] });
  });

  test("rejects removing the zone's last name servers, but replaces them", async () => {
    await using writer = await open();
    const key = { name: zone, type: "NS" };
    const [before = nothingAt(key)] = await writer.look(zone, [key]);
    const nothing = { zone, prerequisites: [before], changes: [nothingAt(key)] };
    expect(await errorOf(writer.commit(nothing))).toMatch(/^\[dns\.zone\.nameServers\]/);
    const others = { ...before, ttlSeconds: 60, values: ["ns2.example.test."] };
    const address = { ...www, name: "ns2.example.test." };
    await writer.commit({ zone, prerequisites: [before, nothingAt(address)], changes: [others, address] });
    expect(await writer.look(zone, [key])).toEqual([others]);
    await writer.commit({ zone, prerequisites: [others, address], changes: [before, nothingAt(address)] });
    expect(await writer.look(zone, [key])).toEqual([before]);
  });

  test("waits for a server that restarts between two requests", async () => {
    await using writer = await open();
    await writer.look(zone, [www]);
    const restarted = server().restart();
    expect(await errorOf(writer.look(zone, [www]))).toBe("no error");
    await restarted;
  });
});

describe("BIND", () => {
  const server = serverOf(startBind);

  test("accepts an MX record only if its target in the zone has an address, also in the same update", async () => {
    await using writer = await openWriter(server().address);
    const mx = { ...www, name: zone, type: "MX", values: ["10 mail.example.test."] };
    const address = { ...www, name: "mail.example.test." };
    expect(await errorOf(add(writer, mx))).toMatch(
      /^\[dns\.mx\.address\] .* refuses an MX record for mail\.example\.test, which has no address/,
    );
    expect(await errorOf(add(writer, mx, address))).toBe("no error");
  });

  test.each([
    [{ name: "_acme-challenge.example.test." }, "_acme-challenge.example.test"],
    [{ name: "*._a.example.test.", type: "AAAA", values: ["2001:db8::1"] }, "_a.example.test"],
    [{ type: "MX", values: ["10 _mail.second.test."] }, "_mail.second.test"],
    [{ name: "sub.example.test.", type: "NS", values: ["_ns.second.test."] }, "_ns.second.test"],
    [{ name: "_sip._tcp.example.test.", type: "SRV", values: ["1 1 443 a_b.second.test."] }, "a_b.second.test"],
  ])("reports a name that is not a host name: %o", async (change, bad) => {
    await using writer = await openWriter(server().address);
    const error = await errorOf(add(writer, { ...www, ...change }));
    expect(error).toMatch(/^\[dns\.name\.notHost\] /);
    expect(error).toContain(`since ${bad} is not a host name (REFUSED)`);
  });

  test("reports a missing right before a name that is not a host name", async () => {
    await using writer = await openWriter(server().address, server().address.keys.rightless);
    expect(await errorOf(add(writer, { ...www, name: "_acme-challenge.example.test." }))).toMatch(
      /^\[dns\.update\.refused\]/,
    );
  });

  test.each([
    ["CDS", `1 13 2 ${"ab".repeat(32)}`],
    ["CDNSKEY", `257 3 13 ${Buffer.alloc(64, 7).toString("base64")}`],
  ])("reports a %s record without the DNSKEY record that it stands for", async (type, value) => {
    await using writer = await openWriter(server().address);
    expect(await errorOf(add(writer, { ...www, name: zone, type, values: [value] }))).toMatch(
      /^\[dns\.cds\.unmatched\] .* refuses example\.test CD/,
    );
    await using other = await openWriter(server().address, server().address.keys.rightless);
    expect(await errorOf(add(other, { ...www, name: zone, type, values: [value] }))).toMatch(
      /^\[dns\.update\.refused\]/,
    );
  });

  test("reports more than 100 records of a name and type", async () => {
    await using writer = await openWriter(server().address);
    const values = Array.from({ length: 101 }, (_, index) => `10.0.0.${index}`);
    expect(await errorOf(add(writer, { ...www, values }))).toMatch(/^\[dns\.rrset\.tooLarge\].*101 records of type A/);
  });

  test("drops a DS record without a delegation from an accepted update, which the next look reports", async () => {
    await using client = new DnsWriter(await openWriter(server().address));
    const ds = { ...www, type: "DS", values: [`1 8 2 ${"ab".repeat(32)}`], note: "nixops4:test" };
    await client.look(zone, [ds]);
    await client.write(zone, [ds]);
    expect(await errorOf(client.look(zone, [ds]))).toMatch(
      /^\[dns\.stored\.differently\] www\.example\.test DS was sent as 1 8 2 abab.*, and the server has no records/,
    );
  });

  test("is complete when its secondaries serve the new records", async (context) => {
    await using secondary = await startOrSkip(context, () => startBindSecondary(server().address));
    await using writer = await openWriter(server().address);
    const late = { ...www, name: "late.example.test." };
    await add(writer, late);
    await waitForSecondaries([secondary.address], await writer.findZone(late), AbortSignal.timeout(20_000));
    expect(await dig(secondary.address, "late.example.test", "A")).toEqual(["192.0.2.1"]);
  });

  test("fails if a secondary does not answer in time", async () => {
    const nowhere = [{ host: "127.0.0.1", port: 1 }];
    await expect(waitForSecondaries(nowhere, { name: zone, serial: 1 }, AbortSignal.timeout(500))).rejects.toThrow(
      "aborted",
    );
  });
});

test("reports that NSD does not support dynamic updates", async (context) => {
  await using nsd = await startOrSkip(context, startNsd);
  await using writer = await openWriter(nsd.address);
  expect(await errorOf(add(writer, www))).toMatch(
    /^\[dns\.update\.unsupported\].*does not support dynamic updates \(NOTIMP\)/,
  );
});

describe("Knot", () => {
  const server = serverOf(startKnot);

  test("refuses a DNAME record above other records, which is reported", async () => {
    await using writer = await openWriter(server().address);
    const below = { ...www, name: "www.old.example.test." };
    await add(writer, below);
    expect(
      await errorOf(add(writer, { ...www, name: "old.example.test.", type: "DNAME", values: ["a.test."] })),
    ).toMatch(/^\[dns\.dname\.above\] .* refuses a DNAME record at old\.example\.test, since it would hide/);
  });
});

describe("without a server", () => {
  const nobody = { host: "127.0.0.1", port: 1 };
  // Only its keys are used.
  const server = serverOf(startNsd);
  const open = (endpoint: { host: string; port: number }): Promise<Rfc2136Writer> =>
    openWriter({ ...server().address, ...endpoint }, {}, { timeoutMs: 300 });

  test("reports an address where nothing listens", async () => {
    await using writer = await open(nobody);
    expect(await errorOf(writer.look(zone, [www]))).toMatch(/^\[dns\.server\.unreachable\].*127\.0\.0\.1:1 on TCP/);
  });

  test("hints at TCP if the server listens on UDP only", async () => {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    await using writer = await open({ host: "127.0.0.1", port: socket.address().port });
    const look = writer.look(zone, [www]);
    await expect(look).rejects.toMatchObject({ hint: expect.stringContaining("updates use TCP only") });
    socket.close();
  });

  test("reports a server that is silent, and one that speaks another protocol", async () => {
    for (const [words, code] of [
      ["", "dns.server.unreachable"],
      ["HTTP/1.1 400 Bad Request\r\n\r\n".repeat(1000), "dns.answer.malformed"],
    ] as const) {
      const strange = createServer((socket) => socket.on("error", () => undefined).write(words));
      strange.listen(0, "127.0.0.1");
      await once(strange, "listening");
      const address = strange.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      await using writer = await open({ host: "127.0.0.1", port });
      expect(await errorOf(writer.look(zone, [www]))).toContain(`[${code}]`);
      strange.close();
    }
  });
});
