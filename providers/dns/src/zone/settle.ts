import type { Mark } from "@nixops4-resources/protocol-core";
import { nameOf } from "../name.ts";
import { zonePath, type PowerdnsWriter } from "../powerdns/api.ts";
import { writeMark, writeMetadata } from "../powerdns/zone-mark.ts";
import { findZone } from "../powerdns/zone.ts";
import type { Wanted } from "./inputs.ts";

export const updateKeysKind = "TSIG-ALLOW-DNSUPDATE";

/** Writes the changed inputs. The account comes last, since it identifies a half-created zone. */
export async function settle(
  client: PowerdnsWriter,
  want: Wanted,
  mark: Mark,
  changed: ReadonlySet<string>,
): Promise<void> {
  const zone = nameOf(want.name, "name");
  await writeMark(client, zone, mark);
  if (changed.has("updateKeys")) await writeMetadata(client, zone, updateKeysKind, want.updateKeys);
  if (changed.has("nameservers")) await setNameServers(client, zone, (want.nameservers ?? []).map(nameServerName));
  const fields = {
    ...(changed.has("kind") && { kind: want.kind }),
    ...(changed.has("masters") && { masters: want.masters }),
    ...(changed.has("soaEdit") && { soa_edit: want.soaEdit ?? "" }),
    ...(changed.has("soaEditApi") && { soa_edit_api: want.soaEditApi }),
    ...(changed.has("dnssec") && { dnssec: want.dnssec }),
    ...(changed.has("transferKeys") && { master_tsig_key_ids: want.transferKeys.map(keyId) }),
    ...(changed.has("account") && { account: want.account }),
  };
  if (Object.keys(fields).length > 0) await client.write("PUT", zonePath(zone), fields);
}

async function setNameServers(client: PowerdnsWriter, zone: string, names: readonly string[]): Promise<void> {
  const found = await findZone(client, zone);
  const records = names.map((content) => ({ content, disabled: false }));
  const ttl = found?.nameservers?.ttlSeconds ?? 3600;
  await client.write("PATCH", zonePath(zone), {
    rrsets: [{ name: zone, type: "NS", ttl, changetype: "REPLACE", records }],
  });
}

export const nameServerName = (name: string): string => nameOf(name, "nameservers");

/** The API accepts key ids with and without a trailing dot, and returns some with one. */
export const keyId = (name: string): string => `${keyName(name)}.`;
export const keyName = (name: string): string => name.replace(/\.$/, "").toLowerCase();
