import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { servesTestZones } from "./dig.ts";
import { startDnsServer, type DnsAddress, type DnsServer } from "./server.ts";
import { testZones, zoneFile } from "./zones.ts";
import { writePrivateFile } from "../process/private-file.ts";

/** Starts Debian's NSD with the test zones. It does not support dynamic updates. */
export async function startNsd(): Promise<DnsServer> {
  return await startDnsServer({
    program: "nsd",
    package: "nsd",
    isReady: servesTestZones,
    async prepare(folder, address) {
      for (const zone of testZones) await writePrivateFile(join(folder, `${zone.name}.zone`), zoneFile(zone));
      const secret = (await readFile(address.keys.sha256.secretFile, "utf8")).trim();
      const settings = await writePrivateFile(join(folder, "nsd.conf"), settingsText(folder, address, secret));
      return { args: ["-d", "-c", settings], address };
    },
  });
}

/** Source: https://nsd.docs.nlnetlabs.nl/en/nsd-4.6.1/manpages/nsd.conf.html */
function settingsText(folder: string, { port, keys }: DnsAddress, secret: string): string {
  return `server:
    ip-address: 127.0.0.1@${port}
    username: ""
    database: ""
    zonesdir: ${folder}
    xfrdir: ${folder}
    xfrdfile: ${folder}/xfrd.state
    zonelistfile: ${folder}/zone.list
    pidfile: ""
remote-control:
    control-enable: no
key:
    name: ${keys.sha256.name}
    algorithm: ${keys.sha256.algorithm}
    secret: ${secret}
${testZones
  .map(
    ({ name }) => `zone:
    name: ${name}
    zonefile: ${name}.zone
    provide-xfr: 127.0.0.1 ${keys.sha256.name}`,
  )
  .join("\n")}
`;
}
