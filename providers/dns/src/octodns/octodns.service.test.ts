import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { dig, serials, transferZone } from "@nixops4-resources/integration-servers/dns/dig";
import { nsupdate, restoreZones, transferZones } from "@nixops4-resources/integration-servers/dns/nsupdate";
import { findOctodns } from "@nixops4-resources/integration-servers/dns/octodns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Conflict } from "../backend.ts";
import { nothingAt, type Stored } from "../stored.ts";
import { OctodnsReader } from "./reader.ts";
import type { OctodnsSettings } from "./settings.ts";
import { OctodnsWriter } from "./writer.ts";

const zone = "example.test.";
const request = { signal: new AbortController().signal, timeoutSeconds: 60 };
const mark = 'nixops4:{"v":1,"managedBy":"shop","type":"records"}';

const octodns = serverOf(async () => ({
  command: await findOctodns(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}));

const records = (name: string, type: string, values: string[], note: string | null = mark): Stored => ({
  name: `${name}${zone}`,
  type,
  ttlSeconds: values.length === 0 ? 0 : 300,
  values,
  note,
});
const nothing = (name: string, type: string): Stored => records(name, type, [], null);

describe("a hosted zone", () => {
  const bind = serverOf(startBind);
  let before: ReadonlyMap<string, readonly string[]>;

  const settings = (other: Partial<OctodnsSettings> = {}): OctodnsSettings => {
    const { host, port, keys } = bind().address;
    return {
      class: "octodns_bind.Rfc2136Provider",
      settings: { host, port, key_name: keys.sha256.name, key_algorithm: keys.sha256.algorithm },
      secrets: { key_secret: { file: keys.sha256.secretFile } },
      zones: ["example.test", "child.example.test"],
      command: octodns().command,
      ...other,
    };
  };
  const writer = (other?: Partial<OctodnsSettings>): OctodnsWriter => new OctodnsWriter(settings(other), request);
  const reader = (other?: Partial<OctodnsSettings>): OctodnsReader => new OctodnsReader(settings(other), request);
  const commit = (changes: Stored[], prerequisites: Stored[] = []): Promise<void> =>
    writer().commit({ zone, prerequisites, changes });
  const contents = (): Promise<string[]> => transferZone(bind().address, bind().address.keys.sha256, "example.test");

  beforeEach(async (context) => {
    // Without a server the test is skipped.
    if (context.task.result?.state !== "skip") before ??= await transferZones(bind().address);
  });
  afterEach(() => restoreZones(bind().address, before));

  test("must be one of `zones`", async () => {
    expect(await reader().findZone({ name: "a.b.child.example.test.", type: "A" })).toEqual({
      name: "child.example.test.",
      serial: 0,
    });
    await expect(reader().findZone({ name: "second.test.", type: "A" })).rejects.toMatchObject({
      code: "dns.zone.missing",
    });
  });

  test("stores records and marks in one update, and keeps everything else", async () => {
    const wanted = [
      records("", "MX", ["10 mail.example.test."]),
      records("mail.", "A", ["192.0.2.1", "192.0.2.2"]),
      records("mail.", "AAAA", ["2001:db8::1"]),
      records("www.", "CNAME", ["example.test."]),
      records("*.apps.", "A", ["192.0.2.3"]),
      records("", "CAA", ['0 issue "letsencrypt.org; validationmethods=dns-01"']),
      records("_imaps._tcp.", "SRV", ["0 1 993 mail.example.test."]),
      records("_25._tcp.mail.", "TLSA", [`3 1 1 ${"ab".repeat(32)}`]),
      records("host.", "SSHFP", [`4 2 ${"cd".repeat(32)}`]),
      records("sip.", "NAPTR", ['1 2 "U" "sip" "!^.*$!sip:x@example.test!" .']),
      records("k._domainkey.", "TXT", [`"v=DKIM1; k=rsa; p=${"A".repeat(237)}" "${"B".repeat(153)}"`]),
    ];
    const earlier = await contents();
    const { "example.test.": serial = 0 } = await serials(bind().address);
    await commit(wanted, wanted.map(nothingAt));
    expect((await serials(bind().address))["example.test."]).toBe(serial + 1);
    expect(await reader().look(zone, wanted)).toEqual(wanted);
    expect(await contents()).toEqual(expect.arrayContaining(earlier));
    expect(await dig(bind().address, "_nixops4-mx.example.test", "TXT")).toEqual([JSON.stringify(mark)]);
    const everything = await reader().all(zone);
    expect(everything).toEqual(expect.arrayContaining(wanted));
    expect(everything.filter(({ name }) => name.startsWith("_nixops4"))).toEqual([]);

    await commit(wanted.map(nothingAt), wanted);
    expect(await contents()).toEqual(earlier);
  });

  test("changes nothing if a record or a mark changed since it was seen", async () => {
    const [one, other] = [records("cas.", "A", ["192.0.2.1"]), records("cas.", "A", ["192.0.2.2"])];
    await commit([one], [nothing("cas.", "A")]);
    for (const stale of [nothing("cas.", "A"), other, records("cas.", "A", ["192.0.2.1"], null)]) {
      await expect(commit([other], [stale])).rejects.toThrow(Conflict);
    }
    await commit([other], [one]);
    expect(await dig(bind().address, "cas.example.test", "A")).toEqual(["192.0.2.2"]);
  });

  test("keeps a foreign record with the name of one of our sets and the type of another", async () => {
    const { address } = bind();
    await nsupdate(address, address.keys.sha256, "example.test", ['add mixed.example.test 60 TXT "theirs"']);
    await commit([records("mixed.", "A", ["192.0.2.1"]), records("other.", "TXT", ['"ours"'])]);
    expect(await dig(address, "mixed.example.test", "TXT")).toEqual(['"theirs"']);
  });

  test("passes on errors of the service", async () => {
    const wrongKey = { secrets: { key_secret: { command: ["echo", "d3Jvbmc="] } } };
    await expect(reader(wrongKey).all(zone)).rejects.toThrow(/AxfrSourceZoneTransferFailed/);
    const noClass = { class: "octodns_nowhere.Provider" };
    await expect(reader(noClass).all(zone)).rejects.toMatchObject({ code: "dns.octodns.failed" });
    await expect(reader({ command: "/nowhere/octodns-sync" }).all(zone)).rejects.toMatchObject({
      code: "dns.octodns.missing",
    });
  });

  test("stops OctoDNS and its children when the request is aborted", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nixops4-slow-"));
    const slow = join(folder, "octodns-sync");
    // It and its own child ignore what a program can ignore.
    const script = `#!/bin/sh\ntrap '' TERM INT HUP\nsleep 60 &\necho $$ $! > ${folder}/pid\nwait\nsleep 60\n`;
    writeFileSync(slow, script, { mode: 0o755 });
    const stop = new AbortController();
    const settingsOfSlow = settings({ command: slow });
    const look = new OctodnsReader(settingsOfSlow, { signal: stop.signal, timeoutSeconds: 1 }).all(zone);
    const pids = await vi.waitFor(() => {
      const text = readFileSync(join(folder, "pid"), "utf8");
      expect(text).toMatch(/\n$/);
      return text.trim().split(" ").map(Number);
    }, 5000);
    stop.abort();
    await expect(look).rejects.toThrow("aborted");
    for (const pid of pids) await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), 5000);
    rmSync(folder, { recursive: true });
  });

  test("gets only the environment that it needs, and its words are scrubbed, cut and harmless", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nixops4-words-"));
    const command = join(folder, "octodns-sync");
    const secret = "canary-secret-0xC0FFEE";
    writeFileSync(
      command,
      `#!/bin/sh\nenv > ${folder}/env\nprintf 'BadError: ${secret} \\033[31mred %01000d\\n' 7 >&2\nexit 1\n`,
      { mode: 0o755 },
    );
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "canary-of-the-environment");
    const look = reader({ command, secrets: { token: { command: ["echo", secret] } } }).all(zone);
    const message = await look.then(String, String);
    vi.unstubAllEnvs();
    const environment = readFileSync(join(folder, "env"), "utf8");
    expect(environment).toContain("PATH=");
    expect(environment).not.toContain("canary");
    expect(message).toContain(String.raw`BadError: [secret] \u001b[31mred`);
    expect(message.length).toBeLessThan(500);
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["TXT", String.raw`"back\\slash"`, "only ASCII without backslashes"],
    ["TXT", String.raw`"\195\164"`, "only ASCII without backslashes"],
    ["TXT", '"a" "b"', "at every 255 octets"],
    ["SVCB", "1 svc.example.test.", "not supported through OctoDNS"],
  ])("rejects %s %s before running OctoDNS", async (type, value, why) => {
    await expect(commit([records("refused.", type, [value])])).rejects.toThrow(why);
  });
});

describe("a zone file", () => {
  let folder: string;
  const file = (): string => readFileSync(join(folder, "example.test.yaml"), "utf8");
  const kept = "---\nkept:\n  ttl: 60\n  type: A\n  value: 192.0.2.9\n";
  const writer = (name: string): OctodnsWriter => {
    const { command } = octodns();
    const settings = { class: name, settings: { directory: folder }, secrets: {}, zones: ["example.test"], command };
    return new OctodnsWriter(settings, request);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nixops4-octodns-"));
    writeFileSync(join(folder, "example.test.yaml"), kept);
    vi.stubEnv("PYTHONPATH", folder);
    return () => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    };
  });

  test("keeps foreign records although OctoDNS overwrites the whole file", async () => {
    const yaml = writer("octodns.provider.yaml.YamlProvider");
    const wanted = records("www.", "A", ["192.0.2.1"]);
    await yaml.commit({ zone, prerequisites: [nothing("www.", "A")], changes: [wanted] });
    expect(file()).toContain("192.0.2.9");
    expect(await yaml.look(zone, [wanted])).toEqual([wanted]);
    await expect(yaml.commit({ zone, prerequisites: [nothing("www.", "A")], changes: [] })).rejects.toThrow(Conflict);
    await yaml.commit({ zone, prerequisites: [wanted], changes: [nothing("www.", "A")] });
    expect(file()).toBe(kept);
  });

  test("stays unchanged if OctoDNS would change a foreign record", async () => {
    // This provider returns a different record at our name at each lookup.
    const code = `
from octodns.provider.yaml import YamlProvider
from octodns.record import Record
class Restless(YamlProvider):
    def populate(self, zone, target=False, lenient=False):
        super().populate(zone, False, lenient)
        if target:
            value = f"192.0.2.{len(open('${folder}/looks', 'a+').write('x') and open('${folder}/looks').read())}"
            zone.add_record(Record.new(zone, "www", {"type": "A", "ttl": 60, "value": value}, source=self))
        return True
`;
    writeFileSync(join(folder, "restless.py"), code);
    const change = {
      zone,
      prerequisites: [],
      changes: [records("www.", "TXT", ['"x"']), records("a.", "A", ["192.0.2.1"])],
    };
    await expect(writer("restless.Restless").commit(change)).rejects.toMatchObject({ code: "dns.octodns.plan" });
    expect(file()).toBe(kept);
  });
});
