import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { startBind, startBindSecondary } from "./bind.ts";
import { dig, serials, transferZone } from "./dig.ts";
import type { DnsAddress, DnsServer } from "./server.ts";
import { testZones } from "./zones.ts";
import { startKnot } from "./knot.ts";
import { startNsd } from "./nsd.ts";
import { nsupdate, restoreZones, transferZones } from "./nsupdate.ts";
import { apiWrites, callApi, startPowerdns } from "./powerdns.ts";
import { serverOf } from "../testing.ts";

for (const [name, start] of [
  ["BIND", startBind],
  ["Knot", startKnot],
  ["PowerDNS", startPowerdns],
] as const) {
  describe(`a throw-away ${name}`, () => {
    const server = serverOf<DnsServer>(start);

    test("serves the zones, with a wildcard and delegations", async () => {
      const { address } = server();
      expect(Object.keys(await serials(address))).toHaveLength(testZones.length);
      expect(await dig(address, "any.wild.example.test", "A")).toEqual(["192.0.2.99"]);
      expect(await dig(address, "child.example.test", "NS")).toEqual(["ns1.child.example.test."]);
      expect(await dig(address, "below.elsewhere.example.test", "A")).toEqual([]);
    });

    test("accepts updates and transfers signed with any of the three keys", async () => {
      const { address } = server();
      const before = await transferZones(address);
      for (const key of ["sha256", "sha384", "sha512"] as const) {
        const { [key]: signer } = address.keys;
        const earlier = await serials(address);
        await nsupdate(address, signer, "example.test", [`add ${key}.example.test 300 TXT ${key}`]);
        expect(await transferZone(address, signer, "example.test")).toContain(
          `${key}.example.test. 300 IN TXT "${key}"`,
        );
        expect(await serials(address)).not.toEqual(earlier);
      }
      await restoreZones(address, before);
      expect(await transferZones(address)).toEqual(before);
    });

    test("rejects the key without rights, except in its own zone", async () => {
      const { address } = server();
      const update = (zone: string): Promise<void> =>
        nsupdate(address, address.keys.rightless, zone, [`add x.${zone} 300 A 192.0.2.1`]);
      await expect(update("example.test")).rejects.toThrow(/REFUSED|NOTAUTH/);
      await update("readonly.test");
      expect(await dig(address, "x.readonly.test", "A")).toEqual(["192.0.2.1"]);
    });

    test("keeps its records after a restart", async () => {
      const { address } = server();
      await nsupdate(address, address.keys.sha256, "second.test", ["add kept.second.test 300 A 192.0.2.7"]);
      await server().restart();
      expect(await dig(address, "kept.second.test", "A")).toEqual(["192.0.2.7"]);
    });

    test("logs its actions, and no secret", async () => {
      const { logFile, keys } = server().address;
      const log = await readFile(logFile, "utf8");
      expect(log).not.toBe("");
      expect(log).not.toContain((await readFile(keys.sha256.secretFile, "utf8")).trim());
    });
  });
}

describe("a throw-away NSD", () => {
  const server = serverOf(startNsd);

  test("serves the zones and rejects updates", async () => {
    const { address } = server();
    expect(await dig(address, "any.wild.example.test", "A")).toEqual(["192.0.2.99"]);
    const update = nsupdate(address, address.keys.sha256, "example.test", ["add x.example.test 300 A 192.0.2.1"]);
    await expect(update).rejects.toThrow("NOTIMP");
  });
});

describe("a secondary BIND", () => {
  const primary = serverOf(startBind);
  const secondary = serverOf(() => startBindSecondary(primary().address));

  const isThere = async (): Promise<void> =>
    expect(await dig(secondary().address, "later.example.test", "A")).toEqual(["192.0.2.1"]);

  test("receives a change from the primary a moment later", async () => {
    const { address } = primary();
    await nsupdate(address, address.keys.sha256, "example.test", ["add later.example.test 300 A 192.0.2.1"]);
    await vi.waitFor(isThere, { timeout: 10_000, interval: 100 });
  });
});

describe("PowerDNS' API", () => {
  const server = serverOf(startPowerdns);

  test("counts its writes", async () => {
    const { address } = server();
    const before = await apiWrites(address);
    await callApi(address, "GET", "zones/example.test.");
    expect(await apiWrites(address)).toBe(before);
    await callApi(address, "PUT", "zones/example.test.", { kind: "Native" });
    expect(await apiWrites(address)).toBe(before + 1);
    await expect(callApi(address, "PATCH", "zones/example.test.", { rrsets: [{}] })).rejects.toThrow("422");
    expect(await apiWrites(address)).toBe(before + 2);
  });
});

test("a name server ends, and its folder is removed, when the program that started it is killed", async () => {
  const bind = JSON.stringify(import.meta.resolve("./bind.ts"));
  const script = `
    import { startBind } from ${bind};
    const { address } = await startBind();
    process.stdout.write(JSON.stringify(address), () => process.kill(process.pid, "SIGKILL"));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  const address: DnsAddress = JSON.parse(stdout);
  await vi.waitFor(() => expect(existsSync(dirname(address.logFile))).toBe(false), 5000);
  await expect(dig(address, "example.test", "SOA")).rejects.toMatchObject({ code: 9 });
});
