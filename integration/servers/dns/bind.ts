import { join } from "node:path";
import { servesTestZones } from "./dig.ts";
import { keysWithRights } from "./keys.ts";
import { startDnsServer, type DnsAddress, type DnsServer } from "./server.ts";
import { testZones, zoneFile, type TestZone } from "./zones.ts";
import { writePrivateFile } from "../process/private-file.ts";

/** Starts Debian's BIND as primary of the test zones. */
export async function startBind(): Promise<DnsServer> {
  return await startDnsServer({
    ...named,
    async prepare(folder, address) {
      for (const zone of testZones) await writePrivateFile(join(folder, `${zone.name}.zone`), zoneFile(zone));
      return await prepareNamed(folder, address, (zone) => `type primary; ${allowUpdate[zone.updates](address)}`);
    },
  });
}

/** Starts a BIND as secondary of the test zones, which checks its primary for changes once a second. */
export async function startBindSecondary(primary: DnsAddress): Promise<DnsServer> {
  const source = `primaries { ${primary.host} port ${primary.port} key ${primary.keys.sha256.name}; };`;
  const refresh = "min-refresh-time 1; max-refresh-time 1; min-retry-time 1; max-retry-time 1;";
  return await startDnsServer({
    ...named,
    keys: primary.keys,
    prepare: (folder, address) =>
      prepareNamed(folder, address, () => `type secondary; ${source} ${refresh} masterfile-format text;`),
  });
}

const named = { program: "named", package: "bind9", isReady: servesTestZones };

const allowUpdate: Record<TestZone["updates"], (address: DnsAddress) => string> = {
  signed: ({ keys }) =>
    `update-policy { ${keysWithRights(keys)
      .map(({ name }) => `grant ${name} zonesub ANY;`)
      .join(" ")} };`,
  others: ({ keys }) => `allow-update { key ${keys.rightless.name}; };`,
  unsigned: () => "allow-update { any; };",
};

/** Source: https://bind9.readthedocs.io/en/v9.18.14/reference.html */
async function prepareNamed(
  folder: string,
  address: DnsAddress,
  zoneOptions: (zone: TestZone) => string,
): Promise<{ args: readonly string[]; address: DnsAddress }> {
  const transferKeys = keysWithRights(address.keys).map(({ name }) => `key ${name};`);
  const settings = await writePrivateFile(
    join(folder, "named.conf"),
    `options {
  directory "${folder}";
  listen-on port ${address.port} { 127.0.0.1; };
  listen-on-v6 { none; };
  pid-file none;
  lock-file none;
  session-keyfile "${folder}/session.key";
  recursion no;
  dnssec-validation no;
  notify no;
  max-cache-size 2M;
  allow-transfer { ${transferKeys.join(" ")} };
};
controls { };
${Object.values(address.keys)
  .map(({ keyFile }) => `include "${keyFile}";`)
  .join("\n")}
${testZones.map((zone) => `zone "${zone.name}" { file "${zone.name}.zone"; ${zoneOptions(zone)} };`).join("\n")}
`,
  );
  return { args: ["-g", "-n", "1", "-c", settings], address };
}
