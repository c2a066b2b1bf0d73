import {
  AlreadyExists,
  defineResource,
  option,
  ProviderError,
  somethingElse,
  takeSlot,
  withExample,
  type Listed,
  type Mark,
  type Slot,
  type Want,
} from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { connection } from "../connection.ts";
import { failure } from "../failure.ts";
import { nameOf, textOf } from "../name.ts";
import { zonePath, type PowerdnsReader, type PowerdnsWriter } from "../powerdns/api.ts";
import type { ApiRrset } from "../powerdns/rrset.ts";
import { birthMark, isNewborn, markBody, markIn, markOf, markPath } from "../powerdns/zone-mark.ts";
import {
  connectZoneReader,
  connectZoneWriter,
  findZone,
  listZones,
  metadataOf,
  recordsIn,
  type PowerdnsZone,
} from "../powerdns/zone.ts";

const nonEmpty = z.string().check(z.minLength(1));

const kinds = ["Native", "Master", "Slave"] as const;
const soaEdits = ["INCREMENT-WEEKS", "INCEPTION-EPOCH", "INCEPTION-INCREMENT", "EPOCH", "NONE"] as const;
const soaEditApis = ["DEFAULT", "INCREASE", "EPOCH", "SOA-EDIT", "SOA-EDIT-INCREASE"] as const;

const inputs = {
  name: option(withExample(nonEmpty, "example.org"), "Name of the zone, with or without a dot at its end."),
  kind: option(
    z.enum(kinds),
    "How it is replicated: `Native` by the database, `Master` as a primary that notifies its secondaries, `Slave` from `masters`.",
    "Native",
  ),
  masters: option(
    z.array(z.string()),
    "Addresses of the primaries of a `Slave`, each with or without a port, such as `192.0.2.53:5353`.",
    [],
  ),
  nameservers: option(
    z.nullable(z.array(nonEmpty)),
    "Names of the zone's name servers, its NS records. Null leaves them to others, such as an `rrset`; a `Slave` has those of its primary.",
    null,
  ),
  soaEdit: option(
    z.nullable(z.enum(soaEdits)),
    "How the serial number is changed when it is served, for a signed zone (SOA-EDIT). Null serves it as it is.",
    null,
  ),
  soaEditApi: option(
    z.enum(soaEditApis),
    "How the serial number changes with a change by the API (SOA-EDIT-API).",
    "DEFAULT",
  ),
  dnssec: option(
    z.boolean(),
    "Whether the zone is signed. It can be turned on; turning it off destroys the keys, which is left to a person.",
    false,
  ),
  updateKeys: option(
    z.array(z.string()),
    "Names of the TSIG keys at the server that may change the zone by dynamic update (TSIG-ALLOW-DNSUPDATE). Without any, and with `dnsupdate=yes`, PowerDNS takes updates that nobody signed from `allow-dnsupdate-from`.",
    [],
  ),
  transferKeys: option(
    z.array(z.string()),
    "Names of the TSIG keys at the server that may transfer the zone (TSIG-ALLOW-AXFR).",
    [],
  ),
  account: option(
    z.string().check(z.regex(/^.{0,40}$/)),
    "What PowerDNS calls the zone's account; free text of up to 40 characters.",
    "",
  ),
  deleteRecords: option(
    z.boolean(),
    "Whether the zone may be destroyed with records in it beside SOA and its own NS.",
    false,
  ),
};

type Wanted = Want<typeof connection, typeof inputs>;

export default defineResource({
  type: "zone",
  description:
    "A zone of PowerDNS, by its HTTP API; servers that are reached otherwise have no way to make one. The mark is in the zone's metadata `X-NIXOPS4`.",
  requireState: false,
  connection,
  inputs,
  outputs: {
    serial: option(z.int(), "Serial number of the zone as it is served."),
    ds: option(
      z.array(z.string()),
      "DS records that the parent zone has to have for the signed zone, one for each kind of digest; none without DNSSEC.",
    ),
  },
  immutable: {
    name: "A zone cannot be renamed: declare a new one, bring the records over, and destroy this one",
  },
  stableOutputs: [],
  leastRights:
    "The API key, which may do everything. The names in `updateKeys` and `transferKeys` must exist at the server.",
  example: { name: "example.org", nameservers: ["ns1.example.org", "ns2.example.net"] },
  exampleConnection: {
    powerdns: { url: "https://ns1.example.org:8081", apiKey: { file: "/run/secrets/powerdns-api-key" } },
  },

  label: ({ name: zone }) => zone.replace(/\.$/, "").toLowerCase(),
  connectReader: connectZoneReader,
  connectWriter: connectZoneWriter,

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
        masters: inUsersWords(want.masters, found.masters, (master) => master),
        nameservers: want.nameservers && inUsersWords(want.nameservers, nameservers?.names ?? [], nameServerName),
        soaEdit: want.soaEdit && (soaEdits.find((edit) => edit === found.soa_edit) ?? somethingElse),
        soaEditApi: soaEditApis.find((edit) => edit === found.soa_edit_api) ?? somethingElse,
        dnssec: found.dnssec,
        updateKeys: inUsersWords(want.updateKeys, metadata.get(updateKeysKind) ?? [], keyName),
        transferKeys: inUsersWords(want.transferKeys, metadata.get("TSIG-ALLOW-AXFR") ?? [], keyName),
        account: found.account,
      },
      outputs: { serial: found.edited_serial, ds: found.ds },
    };
  },

  async create(client, want, mark) {
    const zone = nameOf(want.name, "name");
    const { kind, masters, nameservers, soaEdit, soaEditApi, dnssec } = want;
    using _turn = await turnAt(client, zone);
    try {
      await client.write("POST", "zones", {
        name: zone,
        kind,
        masters,
        nameservers: (nameservers ?? []).map(nameServerName),
        soa_edit_api: soaEditApi,
        ...(soaEdit !== null && { soa_edit: soaEdit }),
        dnssec,
        master_tsig_key_ids: want.transferKeys.map(keyId),
        account: birthMark(mark),
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
        `the zone ${textOf(nameOf(want.name, "name"))} is signed, and would lose its keys`,
        "dns.zone.signed",
        "Take its DS records from the parent zone, wait until they are forgotten, and only then disable DNSSEC by hand (pdnsutil disable-dnssec)",
      );
    }
    using _turn = await turnAt(client, nameOf(want.name, "name"));
    await settle(client, want, mark, changed);
  },

  async delete(client, { name: given, deleteRecords }) {
    const zone = nameOf(given, "name");
    const records = deleteRecords ? [] : await recordsIn(client, zone);
    if (records.length > 0) throw notEmpty(zone, records);
    await client.write("DELETE", zonePath(zone));
  },

  async setMark(client, want, mark) {
    const path = markPath(nameOf(want.name, "name"));
    await (mark === undefined ? client.write("DELETE", path) : client.write("PUT", path, markBody(mark)));
  },

  async list(client, managedBy) {
    const listed: Listed[] = [];
    for (const zone of await listZones(client)) {
      const mark = markIn(await metadataOf(client, zone));
      if (mark?.managedBy === managedBy) listed.push({ label: textOf(zone), inputs: { name: textOf(zone) }, mark });
    }
    return listed;
  },
});

/** Who makes or changes a zone does so alone, on this machine. */
const turnAt = (client: PowerdnsReader, zone: string): Promise<Slot> => takeSlot(`powerdns:${client.url}:${zone}`, 1);

/** A zone that was only born may be in the making: whoever makes it on this machine is waited for. */
async function findWholeZone(client: PowerdnsReader, zone: string): Promise<PowerdnsZone | undefined> {
  const found = await findZone(client, zone);
  if (found === undefined || !isNewborn(found)) return found;
  using _turn = await turnAt(client, zone);
  return await findZone(client, zone);
}

const updateKeysKind = "TSIG-ALLOW-DNSUPDATE";

/** Brings in line what changed; the account, by which a zone that was only born is known, comes last. */
async function settle(client: PowerdnsWriter, want: Wanted, mark: Mark, changed: ReadonlySet<string>): Promise<void> {
  const zone = nameOf(want.name, "name");
  await client.write("PUT", markPath(zone), markBody(mark));
  if (changed.has("updateKeys")) {
    const metadata = { kind: updateKeysKind, metadata: want.updateKeys };
    await client.write("PUT", `${zonePath(zone)}/metadata/${updateKeysKind}`, metadata);
  }
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

const nameServerName = (name: string): string => nameOf(name, "nameservers");

/** Keys are named like hosts; the API gives some with a dot at the end, and takes both. */
const keyId = (name: string): string => `${keyName(name)}.`;
const keyName = (name: string): string => name.replace(/\.$/, "").toLowerCase();

/** What is there, as the user wrote it where that is the same but for order and spelling. */
function inUsersWords(
  wanted: readonly string[],
  present: readonly string[],
  spell: (word: string) => string,
): string[] {
  const [one, other] = [wanted, present].map((words) => words.map(spell).sort().join("\n"));
  return [...(one === other ? wanted : present)];
}

function notEmpty(zone: string, records: readonly ApiRrset[]): ProviderError {
  const shown = records.slice(0, 3).map(({ name: at, type }) => `${textOf(at)} ${type}`);
  const more = records.length > shown.length ? ` and ${records.length - shown.length} more` : "";
  return failure(
    `the zone ${textOf(zone)} has records: ${shown.join(", ")}${more}`,
    "dns.zone.notEmpty",
    "Destroy what declares them first; `deleteRecords = true` removes the zone with all that is in it",
  );
}
