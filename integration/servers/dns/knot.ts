import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { servesTestZones } from "./dig.ts";
import { keysWithRights, type TsigKey } from "./keys.ts";
import { startDnsServer, type DnsAddress, type DnsServer } from "./server.ts";
import { testZones, zoneFile, type TestZone } from "./zones.ts";
import { writePrivateFile } from "../process/private-file.ts";

/** Starts Debian's Knot DNS with the test zones. */
export async function startKnot(): Promise<DnsServer> {
  return await startDnsServer({
    program: "knotd",
    package: "knot",
    isReady: servesTestZones,
    async prepare(folder, address) {
      for (const zone of testZones) await writePrivateFile(join(folder, `${zone.name}.zone`), zoneFile(zone));
      const keys = await Promise.all(Object.values(address.keys).map(keyText));
      const settings = await writePrivateFile(join(folder, "knot.conf"), settingsText(folder, address, keys));
      return { args: ["-c", settings], address };
    },
  });
}

const accessRule: Record<TestZone["updates"], string> = {
  signed: "[signed, transfer]",
  others: "[others, transfer]",
  unsigned: "[unsigned, transfer]",
};

/** Source: https://www.knot-dns.cz/docs/3.2/html/reference.html */
function settingsText(folder: string, { port, keys }: DnsAddress, keyTexts: readonly string[]): string {
  const withRights = `[${keysWithRights(keys)
    .map(({ name }) => name)
    .join(", ")}]`;
  return `server:
    listen: 127.0.0.1@${port}
    rundir: ${folder}
    udp-workers: 1
    tcp-workers: 2
    background-workers: 1
database:
    storage: ${folder}
    # The data need not survive a power failure.
    journal-db-mode: asynchronous
    journal-db-max-size: 50M
log:
  - target: stderr
    any: info
key:
${keyTexts.join("\n")}
acl:
  - id: signed
    key: ${withRights}
    action: update
  - id: others
    key: ${keys.rightless.name}
    action: update
  - id: unsigned
    action: update
  - id: transfer
    key: ${withRights}
    action: transfer
template:
  - id: default
    storage: ${folder}
    file: "%s.zone"
zone:
${testZones.map(({ name, updates }) => `  - domain: ${name}\n    acl: ${accessRule[updates]}`).join("\n")}
`;
}

async function keyText({ name, algorithm, secretFile }: TsigKey): Promise<string> {
  const secret = (await readFile(secretFile, "utf8")).trim();
  return `  - id: ${name}\n    algorithm: ${algorithm}\n    secret: ${secret}`;
}
