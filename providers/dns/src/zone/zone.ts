import {
  AlreadyExists,
  defineResource,
  MarkChanged,
  ProviderError,
  somethingElse,
  type Listed,
} from "@nixops4-resources/protocol-core";
import { connection } from "../connection.ts";
import { failure } from "../failure.ts";
import { displayName, nameOf } from "../name.ts";
import { zonePath, type PowerdnsReader } from "../powerdns/api.ts";
import type { ApiRrset } from "../powerdns/rrset.ts";
import { lockZone } from "../powerdns/lock.ts";
import { isHalfCreated, markIn, markOf, requireMarkNow, unfinishedAccount, writeMark } from "../powerdns/zone-mark.ts";
import {
  createZone,
  findZone,
  listZones,
  metadataOf,
  recordsIn,
  unlessMissing,
  type PowerdnsZone,
} from "../powerdns/zone.ts";
import { connectReader, connectWriter } from "./connect.ts";
import { inputs, kinds, outputs, soaEditApis, soaEdits } from "./inputs.ts";
import { keyId, keyName, nameServerName, settle, updateKeysKind } from "./settle.ts";

export default defineResource({
  type: "zone",
  description:
    "A zone of PowerDNS Authoritative, by its HTTP API; other connections cannot create zones. The mark is in the zone's metadata `X-NIXOPS4`.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs,
  outputs,
  immutable: {
    name: "A zone cannot be renamed: declare a new zone, move the records, and destroy this one",
  },
  stableOutputs: [],
  leastRights:
    "The API key, which grants unrestricted access. The TSIG keys in `updateKeys` and `transferKeys` must exist on the server.",
  example: { name: "example.org", nameservers: ["ns1.example.org", "ns2.example.net"] },
  exampleConnection: {
    powerdns: { url: "https://ns1.example.org:8081", apiKey: { file: "/run/secrets/powerdns-api-key" } },
  },

  label: ({ name: zone }) => zone.replace(/\.$/, "").toLowerCase(),
  connectReader,
  connectWriter,

  async read(client, want) {
    const zone = nameOf(want.name, "name");
    const found = await findWholeZone(client, zone);
    if (found === undefined) return undefined;
    const { metadata, nameservers } = found;
    return {
      mark: markOf(found, want.managedBy),
      inputs: {
        name: want.name,
        kind: kinds.find((kind) => kind === found.kind) ?? somethingElse,
        masters: listAsDeclared(want.masters, found.masters, (master) => master),
        nameservers: want.nameservers && listAsDeclared(want.nameservers, nameservers?.names ?? [], nameServerName),
        soaEdit: want.soaEdit && (soaEdits.find((edit) => edit === found.soa_edit) ?? somethingElse),
        soaEditApi: soaEditApis.find((edit) => edit === found.soa_edit_api) ?? somethingElse,
        dnssec: found.dnssec,
        updateKeys: listAsDeclared(want.updateKeys, metadata.get(updateKeysKind) ?? [], keyName),
        transferKeys: listAsDeclared(want.transferKeys, metadata.get("TSIG-ALLOW-AXFR") ?? [], keyName),
        account: found.account,
      },
      outputs: { serial: found.edited_serial, ds: found.ds },
    };
  },

  async create(client, want, mark) {
    const zone = nameOf(want.name, "name");
    const { kind, masters, nameservers, soaEdit, soaEditApi, dnssec } = want;
    using _lock = await lockZone(client, zone);
    try {
      await createZone(client, {
        name: zone,
        kind,
        masters,
        nameservers: (nameservers ?? []).map(nameServerName),
        soa_edit_api: soaEditApi,
        ...(soaEdit !== null && { soa_edit: soaEdit }),
        dnssec,
        master_tsig_key_ids: want.transferKeys.map(keyId),
        account: unfinishedAccount(mark),
      });
    } catch (error) {
      if (error instanceof ProviderError && error.code === "dns.powerdns.exists") throw new AlreadyExists(zone);
      throw error;
    }
    await settle(client, want, mark, new Set(["updateKeys", "account"]));
  },

  async update(client, want, { changed, seen, mark }) {
    if (seen.inputs.dnssec === true && changed.has("dnssec")) {
      throw failure(
        `the zone ${displayName(nameOf(want.name, "name"))} is signed, and turning DNSSEC off would destroy its keys`,
        "dns.zone.signed",
        "Remove its DS records from the parent zone, wait until their TTL has passed, then disable DNSSEC with `pdnsutil disable-dnssec`",
      );
    }
    const zone = nameOf(want.name, "name");
    using _lock = await lockZone(client, zone);
    await requireMarkNow(client, zone, want.managedBy, mark);
    await settle(client, want, mark, changed);
  },

  async delete(client, { name: given, deleteRecords, managedBy }, { mark }) {
    const zone = nameOf(given, "name");
    using _lock = await lockZone(client, zone);
    const records = deleteRecords ? [] : await unlessMissing(client, zone, () => recordsIn(client, zone));
    if (records === undefined) throw new MarkChanged();
    if (records.length > 0) throw notEmpty(zone, records);
    await requireMarkNow(client, zone, managedBy, mark);
    // Missing now means that somebody else deleted it, which is as wanted.
    await unlessMissing(client, zone, () => client.write("DELETE", zonePath(zone)));
  },

  async setMark(client, want, mark, expected) {
    const zone = nameOf(want.name, "name");
    using _lock = await lockZone(client, zone);
    await requireMarkNow(client, zone, want.managedBy, expected);
    await writeMark(client, zone, mark);
  },

  async list(client, managedBy) {
    const listed: Listed[] = [];
    for (const zone of await listZones(client)) {
      const mark = markIn(await metadataOf(client, zone));
      if (mark?.managedBy === managedBy)
        listed.push({ label: displayName(zone), inputs: { name: displayName(zone) }, mark });
    }
    return listed;
  },
});

/** A half-created zone may still be in progress: waits for the local process that is creating it. */
async function findWholeZone(client: PowerdnsReader, zone: string): Promise<PowerdnsZone | undefined> {
  const found = await findZone(client, zone);
  if (found === undefined || !isHalfCreated(found)) return found;
  using _lock = await lockZone(client, zone);
  return await findZone(client, zone);
}

/** The declared list if the present one differs from it only in order and spelling; else the present one. */
function listAsDeclared(
  declared: readonly string[],
  present: readonly string[],
  normalize: (item: string) => string,
): string[] {
  const [one, other] = [declared, present].map((items) => items.map(normalize).sort().join("\n"));
  return [...(one === other ? declared : present)];
}

function notEmpty(zone: string, records: readonly ApiRrset[]): ProviderError {
  const shown = records.slice(0, 3).map(({ name: at, type }) => `${displayName(at)} ${type}`);
  const more = records.length > shown.length ? ` and ${records.length - shown.length} more` : "";
  return failure(
    `the zone ${displayName(zone)} has records: ${shown.join(", ")}${more}`,
    "dns.zone.notEmpty",
    "Destroy the resources that declare them first, or set `deleteRecords = true` to delete the zone with all records",
  );
}
