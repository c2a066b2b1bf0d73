import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates } from "@nixops4-resources/integration-servers/tls/certificates";
import { dig } from "@nixops4-resources/integration-servers/dns/dig";
import { callApi, startPowerdns, type PowerdnsAddress } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { startTlsFront } from "@nixops4-resources/integration-servers/tls/front";
import { beforeEach, describe, expect, test } from "vitest";
import { Conflict } from "../backend.ts";
import { nothingAt, type Stored } from "../stored.ts";
import { PowerdnsReader, PowerdnsWriter } from "./api.ts";
import { PowerdnsBackendReader } from "./reader.ts";
import type { PowerdnsSettings } from "./settings.ts";
import { PowerdnsBackendWriter } from "./writer.ts";

const zone = "example.test.";
const request = { signal: new AbortController().signal, timeoutSeconds: 60 };
const server = serverOf(startPowerdns);
const address = (): PowerdnsAddress => server().address;

const settings = (other: Partial<PowerdnsSettings> = {}): PowerdnsSettings => ({
  url: `http://127.0.0.1:${address().apiPort}`,
  apiKey: { file: address().apiKeyFile },
  allowPlaintext: false,
  ca: null,
  serverId: "localhost",
  ...other,
});
const writer = (other?: Partial<PowerdnsSettings>): PowerdnsBackendWriter =>
  new PowerdnsBackendWriter(new PowerdnsWriter(settings(other), request));
const reader = (other?: Partial<PowerdnsSettings>): PowerdnsBackendReader =>
  new PowerdnsBackendReader(new PowerdnsReader(settings(other), request));

const records = (name: string, type: string, values: string[], note: string | null = "mark"): Stored => ({
  name: `${name}.${zone}`,
  type,
  ttlSeconds: values.length === 0 ? 0 : 300,
  values,
  note,
});
const nothing = (name: string, type: string): Stored => records(name, type, [], null);
const commit = (changes: Stored[], prerequisites: Stored[] = []): Promise<void> =>
  writer().commit({ zone, prerequisites, changes });
const patch = (rrset: object): Promise<unknown> => callApi(address(), "PATCH", `zones/${zone}`, { rrsets: [rrset] });
const commentsOf = async (name: string): Promise<unknown> => {
  const answer = await callApi(address(), "GET", `zones/${zone}?rrset_name=${name}.${zone}`);
  return JSON.stringify(answer).match(/"content":"[^"]*","modified_at":\d+/g);
};

describe("a zone by PowerDNS' API", () => {
  beforeEach(async () => {
    const present = (await reader().all(zone)).filter(({ name }) => name.endsWith(`.t.${zone}`));
    if (present.length > 0) await commit(present.map(nothingAt));
  });

  test("is the nearest zone of the server above a name", async () => {
    const find = async (name: string, type = "A"): Promise<string> => (await reader().findZone({ name, type })).name;
    expect(await find("www.example.test.")).toBe("example.test.");
    expect(await find("a.b.child.example.test.")).toBe("child.example.test.");
    expect(await find("child.example.test.", "NS")).toBe("child.example.test.");
    expect(await find("child.example.test.", "DS")).toBe("example.test.");
    await expect(find("example.invalid.")).rejects.toMatchObject({ code: "dns.zone.missing" });
    await expect(reader().look("example.invalid.", [{ name: "example.invalid.", type: "A" }])).rejects.toMatchObject({
      code: "dns.zone.missing",
    });
    expect(await reader().zones()).toContain("8.b.d.0.1.0.0.2.ip6.arpa.");
  });

  test.each([
    ["A", "192.0.2.1"],
    ["AAAA", "2001:db8::1"],
    ["AFSDB", "1 afs.example.test."],
    ["ALIAS", "lb.example.invalid."],
    ["CDNSKEY", "257 3 13 BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="],
    ["CDS", "1 13 2 aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899"],
    ["CERT", "1 0 0 AQIDBA=="],
    ["DNAME", "example.invalid."],
    ["HINFO", '"Generic PC clone" "Linux"'],
    ["LOC", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000.00m 10.00m"],
    ["LOC", "90 0 0.000 S 180 0 0.000 W 8848.86m 20000.00m 0.01m 0.50m"],
    ["OPENPGPKEY", "mQINBAAA"],
    ["RP", "hostmaster.example.test. ."],
    ["SMIMEA", "3 0 0 aabbccddeeff"],
    ["URI", '10 1 "ftp://ftp.example.test/public;a"'],
    ["CAA", '0 issue "letsencrypt.org; validationmethods=dns-01"'],
    ["CNAME", "target.example.test."],
    ["DS", "1 8 2 aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899"],
    ["HTTPS", "1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1"],
    ["MX", "10 mail.example.test."],
    ["NAPTR", '1 2 "u" "sip" "!^.*$!sip:x@example.test!" .'],
    ["NS", "ns.example.test."],
    ["PTR", "host.example.test."],
    ["SRV", "1 2 443 target.example.test."],
    ["SSHFP", "1 1 aabbccddeeff00112233445566778899aabbccdd"],
    ["SVCB", "1 target.example.test. alpn=h2"],
    ["TLSA", "3 1 1 aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899"],
    ["TXT", String.raw`"two" "strings with \"quotes\", a \\ and \195\164"`],
    ["TYPE65280", String.raw`\# 3 abcdef`],
  ])("stores %s unchanged", async (type, value) => {
    const wanted = records("kept.t", type, [value]);
    await commit([wanted], [nothing("kept.t", type)]);
    expect(await reader().look(zone, [wanted])).toEqual([wanted]);
    expect(await reader().all(zone)).toContainEqual(wanted);
  });

  test.each(["*.t", "*.a.t", "_srv._tcp.t"])("stores, finds and deletes records of %s", async (name) => {
    const wanted = records(name, "A", ["192.0.2.1"]);
    expect(await reader().findZone(wanted)).toMatchObject({ name: zone });
    expect(await reader().look(zone, [wanted])).toEqual([nothing(name, "A")]);
    await commit([wanted], [nothing(name, "A")]);
    expect(await reader().look(zone, [wanted])).toEqual([wanted]);
    await commit([nothing(name, "A")], [wanted]);
    expect(await reader().look(zone, [wanted])).toEqual([nothing(name, "A")]);
  });

  test("stores and serves 200 records written at once", async () => {
    const changes = Array.from({ length: 200 }, (_, number) => records(`n${number}.t`, "A", [`192.0.2.${number + 1}`]));
    await commit(changes, changes.map(nothingAt));
    expect(await dig(address(), `n199.t.${zone}`, "A")).toEqual(["192.0.2.200"]);
    expect(await reader().look(zone, changes)).toEqual(changes);
  });

  test("changes nothing if a record or a mark changed since it was seen", async () => {
    const [before, after] = [records("cas.t", "A", ["192.0.2.1"]), records("cas.t", "A", ["192.0.2.2"])];
    await commit([before], [nothing("cas.t", "A")]);
    for (const stale of [
      nothing("cas.t", "A"),
      records("cas.t", "A", ["192.0.2.9"]),
      records("cas.t", "A", ["192.0.2.1"], "another mark"),
      records("cas.t", "A", ["192.0.2.1"], null),
    ]) {
      await expect(commit([after], [stale])).rejects.toThrow(Conflict);
    }
    expect(await reader().look(zone, [before])).toEqual([before]);
    await commit([after], [before]);
    expect(await reader().look(zone, [after])).toEqual([after]);
  });

  test("lets one of 20 racing creates succeed", async () => {
    const races = Array.from({ length: 20 }, (_, number) =>
      commit([records("race.t", "A", ["192.0.2.1"], `racer ${number}`)], [nothing("race.t", "A")]),
    );
    const results = await Promise.allSettled(races);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const lost = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(lost.every((error) => error instanceof Conflict)).toBe(true);
  });

  test("replaces an A record with a CNAME record, atomically", async () => {
    const address4 = records("turn.t", "A", ["192.0.2.1"]);
    await commit([address4]);
    const alias = records("turn.t", "CNAME", ["target.example.test."]);
    await expect(commit([alias])).rejects.toMatchObject({ code: "dns.cname.beside" });
    const other = records("beside.t", "A", ["192.0.2.1"]);
    await expect(commit([other, alias])).rejects.toThrow("Conflicts with pre-existing RRset");
    expect(await reader().look(zone, [address4, other])).toEqual([address4, nothing("beside.t", "A")]);
    await commit([alias, nothing("turn.t", "A")], [address4]);
    expect(await reader().look(zone, [address4, alias])).toEqual([nothing("turn.t", "A"), alias]);
  });

  test("keeps comments of people beside our mark, and the mark of a set without records", async () => {
    const name = `said.t.${zone}`;
    const comments = [{ content: "for the shop", account: "", modified_at: 1_700_000_000 }];
    await patch({ name, type: "A", ttl: 60, changetype: "REPLACE", records: [], comments });
    await commit([records("said.t", "A", ["192.0.2.1"])]);
    expect(await commentsOf("said.t")).toEqual([
      '"content":"for the shop","modified_at":1700000000',
      expect.stringContaining('"content":"mark"'),
    ]);
    const onlyMark = records("said.t", "A", []);
    await commit([onlyMark]);
    expect(await reader().look(zone, [onlyMark])).toEqual([onlyMark]);
    // PowerDNS returns this set with requests for any other name too.
    expect(await reader().look(zone, [{ name: `unsaid.t.${zone}`, type: "A" }])).toEqual([nothing("unsaid.t", "A")]);
    await commit([nothing("said.t", "A")]);
    expect(await commentsOf("said.t")).toEqual(['"content":"for the shop","modified_at":1700000000']);
  });

  test("rejects a write that would delete disabled records", async () => {
    const name = `off.t.${zone}`;
    const disabled = [{ content: "192.0.2.1", disabled: true }];
    await patch({ name, type: "A", ttl: 60, changetype: "REPLACE", records: disabled });
    const create = commit([records("off.t", "A", ["192.0.2.2"])], [nothing("off.t", "A")]);
    await expect(create).rejects.toMatchObject({ code: "dns.powerdns.disabled" });
    await patch({ name, type: "A", changetype: "DELETE" });
  });

  test("rejects a numbered type that PowerDNS stores under a name", async () => {
    const wanted = records("pseudo.t", "TYPE65400", [String.raw`\# 3 abcdef`]);
    await commit([wanted]);
    await expect(reader().look(zone, [wanted])).rejects.toThrow("as ADDR");
    await patch({ name: wanted.name, type: "ADDR", changetype: "DELETE" });
    const location = records("location.t", "TYPE29", [String.raw`\# 4 abcdef01`]);
    await expect(commit([location])).rejects.toThrow("/LOC");
  });

  test("rejects removing its last name servers", async () => {
    const none = { name: zone, type: "NS", ttlSeconds: 0, values: [], note: null };
    await expect(commit([none])).rejects.toMatchObject({ code: "dns.zone.nameServers" });
  });
});

/** A proxy that drops the first answer to a request with this method. */
async function loseAnswerTo(method: string, port: number): Promise<AsyncDisposable & { port: number; lost: number }> {
  const front = { port: 0, lost: 0 };
  const listener = createTcpServer((client) => {
    let isDoomed = false;
    const behind = connect(port, "127.0.0.1");
    client
      .on("error", () => undefined)
      .on("data", (bytes) => {
        isDoomed ||= front.lost === 0 && bytes.toString("latin1").startsWith(method);
        behind.write(bytes);
      });
    behind
      .on("end", () => client.end())
      .on("data", (bytes) => {
        if (isDoomed) {
          front.lost = 1;
          client.resetAndDestroy();
        } else client.write(bytes);
      });
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const at = listener.address();
  if (typeof at === "object" && at !== null) front.port = at.port;
  return Object.assign(front, { [Symbol.asyncDispose]: async () => void listener.close() });
}

describe("PowerDNS' API", () => {
  test("succeeds if the answer is lost but the change took effect", async () => {
    await using lossy = await loseAnswerTo("PATCH", address().apiPort);
    const wanted = records("lost.t", "A", ["192.0.2.1"]);
    const update = { zone, prerequisites: [nothing("lost.t", "A")], changes: [wanted] };
    await writer({ url: `http://127.0.0.1:${lossy.port}` }).commit(update);
    expect(lossy.lost).toBe(1);
    expect(await reader().look(zone, [wanted])).toEqual([wanted]);
  });

  test("rejects a wrong key", async () => {
    const look = reader({ apiKey: { command: ["echo", "wrong"] } }).zones();
    await expect(look).rejects.toMatchObject({ code: "dns.powerdns.key" });
  });

  test("fails if the address is not PowerDNS' API or nothing listens there", async () => {
    const page = createServer((_, answer) => answer.end("<html>")).listen(0, "127.0.0.1");
    await once(page, "listening");
    const at = page.address();
    const port = typeof at === "object" && at !== null ? at.port : 0;
    await expect(reader({ url: `http://127.0.0.1:${port}` }).zones()).rejects.toMatchObject({
      code: "dns.powerdns.unexpected",
    });
    page.close();
    await once(page, "close");
    await expect(reader({ url: `http://127.0.0.1:${port}` }).zones()).rejects.toMatchObject({
      code: "dns.server.unreachable",
    });
  });

  test("connects over TLS with the server's own authority, and with no other", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nixops4-powerdns-"));
    const certificates = await makeCertificates(folder, "client");
    await using front = await startTlsFront(address().apiPort, certificates);
    const url = `https://localhost:${front.port}`;
    expect(await reader({ url, ca: certificates.caFile }).zones()).toContain(zone);
    await expect(reader({ url }).zones()).rejects.toMatchObject({ code: "tls.failed" });
    await expect(reader({ url, ca: "/nowhere.pem" }).zones()).rejects.toMatchObject({ code: "tls.file" });
    rmSync(folder, { recursive: true });
  });
});
