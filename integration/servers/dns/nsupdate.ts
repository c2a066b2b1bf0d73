import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { transferZone } from "./dig.ts";
import type { TsigKey } from "./keys.ts";
import type { DnsAddress } from "./server.ts";
import { testZones } from "./zones.ts";

const run = promisify(execFile);

/** Changes a zone by hand, in one update: `add www.example.test 300 A 192.0.2.1`, `delete www.example.test A`. */
export async function nsupdate(
  { host, port }: DnsAddress,
  key: TsigKey,
  zone: string,
  changes: readonly string[],
): Promise<void> {
  const script = [`server ${host} ${port}`, `zone ${zone}`, ...changes.map((line) => `update ${line}`), "send", ""];
  const running = run("nsupdate", ["-v", "-k", key.keyFile]);
  running.child.stdin?.end(script.join("\n"));
  await running;
}

/** All records of the zones that we may update, as from `transferZone`. */
export async function transferZones(server: DnsAddress): Promise<ReadonlyMap<string, readonly string[]>> {
  const zones = testZones.filter(({ updates }) => updates === "signed");
  const contents = await Promise.all(
    zones.map(async ({ name }) => [name, await transferZone(server, server.keys.sha256, name)] as const),
  );
  return new Map(contents);
}

/** Restores the zones to the records from `transferZones`. */
export async function restoreZones(server: DnsAddress, wanted: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const present = await transferZones(server);
  for (const [zone, records] of wanted) {
    const now = present.get(zone) ?? [];
    // `delete` accepts a record with a TTL, and ignores the TTL.
    const changes = [
      ...now.filter((record) => !records.includes(record)).map((record) => `delete ${record}`),
      ...records.filter((record) => !now.includes(record)).map((record) => `add ${record}`),
    ];
    if (changes.length > 0) await nsupdate(server, server.keys.sha256, zone, changes);
  }
}
