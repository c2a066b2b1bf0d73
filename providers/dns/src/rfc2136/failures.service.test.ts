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
import type { Stored } from "../backend.ts";
import { nothingAt } from "../client.ts";
import type { Rfc2136Writer } from "./rfc2136.ts";
import { waitForSecondaries } from "./secondaries.ts";
import { openWriter } from "../testing/open-writer.ts";

const zone = "example.test.";
const www: Stored = { name: "www.example.test.", type: "A", ttlSeconds: 300, values: ["192.0.2.1"], note: null };

const add = (writer: Rfc2136Writer, ...sets: Stored[]): Promise<void> =>
  writer.commit({ zone, prerequisites: sets.map(nothingAt), changes: sets });

/** The error for people, `[code] sentence`, that work ends with. */
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
] as const)("what goes wrong with dynamic updates of %s", (name, start) => {
  const server = serverOf<AsyncDisposable & { address: DnsAddress; restart(): Promise<void> }>(start);
  const open = (...other: [Parameters<typeof openWriter>[1]?, Parameters<typeof openWriter>[2]?]) =>
    openWriter(server().address, ...other);
  /** PowerDNS refuses all of these alike, and without a signature. */
  const signed = (text: RegExp): RegExp => (name === "PowerDNS" ? /refuses what is signed with the key/ : text);

  test("a clock that is an hour off is told with the difference", async () => {
    await using writer = await open({}, { now: () => Math.floor(Date.now() / 1000) - 3600 });
    const error = await errorOf(writer.look(zone, [www]));
    expect(error).toMatch(
      signed(/^\[dns\.clock\.differs\] the clock of 127\.0\.0\.1:\d+ is 3(?:59\d|60\d) s ahead of ours/),
    );
    expect(error).toContain("nixops4-sha256 (hmac-sha256)");
  });

  test("a key that the server does not know, or knows with another secret or algorithm, is named", async () => {
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

  test("each of the three algorithms works with its own key", async () => {
    const { sha384, sha512 } = server().address.keys;
    for (const key of [sha384, sha512]) {
      await using writer = await open(key);
      expect(await errorOf(writer.look(zone, [www]))).toBe("no error");
    }
  });

  test("a key without the right, and a zone that it has no right in, are told", async () => {
    await using writer = await open(server().address.keys.rightless);
    // PowerDNS signs no refusal; Knot says BADKEY of a key that it knows.
    expect(await errorOf(add(writer, www))).toMatch(/^\[dns\.(update|key)\.refused\].*nixops4-rightless/);
    await using other = await open();
    const change = { ...www, name: "www.readonly.test." };
    const update = { zone: "readonly.test.", prerequisites: [nothingAt(change)], changes: [change] };
    expect(await errorOf(other.commit(update))).toMatch(/^\[dns\.(update|key)\.refused\].*nixops4-sha256/);
  });

  test("a zone that the server does not have is told", async () => {
    await using writer = await open();
    expect(await errorOf(writer.findZone({ name: "www.nowhere.test.", type: "A" }))).toMatch(
      /^\[dns\.zone\.missing\] 127\.0\.0\.1:\d+ has no zone that holds www\.nowhere\.test/,
    );
  });

  test("a name outside of the zone is told", async () => {
    await using writer = await open();
    expect(await errorOf(add(writer, { ...www, name: "www.other.test." }))).toContain("[dns.name.outside]");
  });

  test("more than a message can hold is refused before anything is sent, with its size", async () => {
    await using writer = await open();
    const values = Array.from({ length: 300 }, (_, index) => `"${index}${"x".repeat(250)}"`);
    const error = await errorOf(add(writer, { ...www, type: "TXT", values }));
    expect(error).toMatch(/^\[dns\.message\.tooLong\] the update would be a message of [89]\d{4} octets/);
    expect(await dig(server().address, "www.example.test", "TXT")).toEqual([]);
  });

  test("what may not be beside an alias, and an alias beside something, is an error and changes nothing", async () => {
    await using writer = await open();
    const alias = { ...www, name: "alias.example.test.", type: "CNAME", values: ["ns1.example.test."] };
    await add(writer, alias, www);
    const beside = { ...www, name: alias.name };
    expect(await errorOf(add(writer, beside))).toMatch(/^\[dns\.cname\.beside\] there is a CNAME record already/);
    const aliasBeside = { ...alias, name: www.name };
    expect(await errorOf(add(writer, aliasBeside))).toMatch(
      /^\[dns\.cname\.beside\] www\.example\.test has other records already \(A\)/,
    );
    expect(await writer.look(zone, [alias, beside, www, aliasBeside])).toEqual([
      alias,
      nothingAt(beside),
      www,
      nothingAt(aliasBeside),
    ]);
    await writer.commit({ zone, prerequisites: [alias, www], changes: [nothingAt(alias), nothingAt(www)] });
  });

  test("the zone's last name servers cannot be removed, but exchanged", async () => {
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

  test("a server that is killed and started again between two requests is waited for", async () => {
    await using writer = await open();
    await writer.look(zone, [www]);
    const restarted = server().restart();
    expect(await errorOf(writer.look(zone, [www]))).toBe("no error");
    await restarted;
  });
});

describe("what only BIND does", () => {
  const server = serverOf(startBind);

  test("a mail exchange in the zone needs an address, and may get it in the same update", async () => {
    await using writer = await openWriter(server().address);
    const mx = { ...www, name: zone, type: "MX", values: ["10 mail.example.test."] };
    const address = { ...www, name: "mail.example.test." };
    expect(await errorOf(add(writer, mx))).toMatch(
      /^\[dns\.mx\.address\] .* refuses an MX record for mail\.example\.test, which has no address/,
    );
    expect(await errorOf(add(writer, mx, address))).toBe("no error");
  });

  test("more than 100 records of a name and type are told as what they are", async () => {
    await using writer = await openWriter(server().address);
    const values = Array.from({ length: 101 }, (_, index) => `10.0.0.${index}`);
    expect(await errorOf(add(writer, { ...www, values }))).toMatch(/^\[dns\.rrset\.tooLarge\].*101 records of type A/);
  });

  test("its secondaries are waited for until they serve what was written", async (context) => {
    await using secondary = await startOrSkip(context, () => startBindSecondary(server().address));
    await using writer = await openWriter(server().address);
    const late = { ...www, name: "late.example.test." };
    await add(writer, late);
    await waitForSecondaries([secondary.address], await writer.findZone(late), AbortSignal.timeout(20_000));
    expect(await dig(secondary.address, "late.example.test", "A")).toEqual(["192.0.2.1"]);
  });

  test("a secondary that does not come is an error when the time is over", async () => {
    const nowhere = [{ host: "127.0.0.1", port: 1 }];
    await expect(waitForSecondaries(nowhere, { name: zone, serial: 1 }, AbortSignal.timeout(500))).rejects.toThrow(
      "aborted",
    );
  });
});

test("NSD has no dynamic update, which is told as that", async (context) => {
  await using nsd = await startOrSkip(context, startNsd);
  await using writer = await openWriter(nsd.address);
  expect(await errorOf(add(writer, www))).toMatch(/^\[dns\.update\.unsupported\].*has no dynamic update \(NOTIMP\)/);
});

describe("without a server", () => {
  const nobody = { host: "127.0.0.1", port: 1 };
  // For its keys alone.
  const server = serverOf(startNsd);
  const open = (endpoint: { host: string; port: number }): Promise<Rfc2136Writer> =>
    openWriter({ ...server().address, ...endpoint }, {}, { timeoutMs: 300 });

  test("an address where nobody listens is told", async () => {
    await using writer = await open(nobody);
    expect(await errorOf(writer.look(zone, [www]))).toMatch(/^\[dns\.server\.unreachable\].*127\.0\.0\.1:1 on TCP/);
  });

  test("a server that speaks UDP only is told to speak TCP", async () => {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    await using writer = await open({ host: "127.0.0.1", port: socket.address().port });
    const look = writer.look(zone, [www]);
    await expect(look).rejects.toMatchObject({ hint: expect.stringContaining("updates go over TCP alone") });
    socket.close();
  });

  test("what takes a connection and says nothing is told, and what speaks something else", async () => {
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
