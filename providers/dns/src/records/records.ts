import { AlreadyExists, defineResource, requireMark } from "@nixops4-resources/protocol-core";
import { Conflict } from "../backend.ts";
import { connectReader, connectWriter, type DnsReader, type DnsWriter } from "../client.ts";
import { connection, refuseAlias } from "../connection.ts";
import { delegationOf } from "../delegation/delegation.ts";
import { displayName } from "../name.ts";
import { markOf } from "../note/note.ts";
import { isPresent, isSameKey, nothingAt, type Stored } from "../stored.ts";
import { untilSettled, writeOnce } from "../until-settled.ts";
import { asDeclared, asInput } from "./as-inputs.ts";
import { changesFor, membersOf } from "./changes.ts";
import { membershipOf, obstacleAmong } from "./claim.ts";
import { declare, formerKeys, lookAtAll, requireManifest } from "./declared.ts";
import { inputs, outputs } from "./inputs.ts";
import { manifestAt, manifestName, readManifest } from "./manifest.ts";

export default defineResource({
  type: "records",
  description:
    "A group of record sets in one zone, created, changed and removed in one atomic update: all records of an application, or none.",
  requireState: false,
  identity: ["zone", "name"],
  connection,
  inputs,
  outputs,
  immutable: {
    zone: "The records would be left behind in the old zone: declare new records and destroy these",
    name: "The records would be left behind under the old name: declare new records and destroy these",
  },
  stableOutputs: ["zone"],
  leastRights:
    "Dynamic update: a key that may update the names and the TXT records `_nixops4-TYPE.NAME` and `_nixops4-records.NAME.ZONE`. `list`, and names below a delegation, also require the right to transfer the zone. PowerDNS' API: the API key.",
  example: {
    zone: "example.org",
    name: "mail",
    rrsets: [
      { name: "example.org", type: "MX", values: [{ preference: 10, exchange: "mail.example.org" }] },
      { name: "mail.example.org", type: "A", values: ["192.0.2.1"] },
      { name: "example.org", type: "TXT", values: ["v=spf1 mx -all"] },
    ],
  },

  label: ({ name, zone }) => `${name} in ${zone.replace(/\.$/, "").toLowerCase()}`,
  insteadOfTakeover: () =>
    "give the resource another name; if each deployment owns some of the values, declare them as `rrset` with `shared = true` in both",
  connectReader,
  connectWriter,

  async read(client: DnsReader, want) {
    refuseAlias(
      want.connection,
      want.rrsets.map(({ type }) => type),
    );
    const declared = declare(want);
    const zone = await client.findZone({ name: declared.zone, type: "SOA" }, declared.zone);
    const { manifest, sets: stored, former } = await lookAtAll(client, declared);
    const obstacle = manifest === undefined ? obstacleAmong(stored, want) : undefined;
    if (manifest === undefined && !stored.some(isPresent)) return undefined;
    return {
      mark: manifest === undefined ? markOf(obstacle ?? firstPresent(stored)) : manifest.mark,
      inputs: {
        zone: want.zone,
        name: want.name,
        rrsets: [
          ...want.rrsets.flatMap((given, index) => asDeclared(given, index, stored[index], manifest?.keys)),
          ...former.filter(isPresent).map(asInput),
        ],
      },
      outputs: {
        zone: displayName(zone.name),
        fqdns: [...new Set(declared.sets.map(({ name }) => displayName(name)))].sort(),
        serial: zone.serial,
        delegation: await delegationOf(client, zone.name, want.parentServer),
      },
    };
  },

  async create(client: DnsWriter, want, mark) {
    const declared = declare(want);
    try {
      await client.write(declared.zone, changesFor(client, declared, want, mark));
    } catch (error) {
      throw error instanceof Conflict ? new AlreadyExists(error.message, { cause: error }) : error;
    }
  },

  async update(client: DnsWriter, want, { mark }) {
    const declared = declare(want);
    await untilSettled(client, {
      zone: declared.zone,
      changes: () => changesFor(client, declared, want, mark),
      basis: [declared.manifest],
      lookAgain: () => requireManifest(client, declared, mark),
    });
  },

  async delete(client: DnsWriter, want, { mark }) {
    const declared = declare(want);
    await untilSettled(client, {
      zone: declared.zone,
      changes: () => [declared.manifest, ...membersOf(client, declared, want)].map(nothingAt),
      lookAgain: () => requireManifest(client, declared, mark, true),
    });
  },

  async setMark(client: DnsWriter, want, mark, expected) {
    const declared = declare(want);
    const seen = readManifest(client.seen(declared.manifest));
    if (seen !== undefined) requireMark(seen.mark, expected);
    const all = [...declared.sets, ...formerKeys(client, declared)].map((key) => client.seen(key)).filter(isPresent);
    if (mark === undefined) {
      const members = membersOf(client, declared, want).map((stored) => ({ ...stored, note: null }));
      await writeOnce(client, declared.zone, [nothingAt(declared.manifest), ...members]);
      return;
    }
    const members = all.map((stored) => ({ ...stored, note: membershipOf(stored, want) }));
    await writeOnce(client, declared.zone, [manifestAt(declared.manifest, mark, members), ...members]);
  },

  async list(client: DnsReader, managedBy) {
    const listed = [];
    for (const zone of await client.backend.zones()) {
      const all = await client.backend.all(zone);
      for (const stored of all) {
        const name = manifestName(stored, zone);
        const manifest = name === undefined ? undefined : readManifest(stored);
        if (name === undefined || manifest?.mark?.managedBy !== managedBy) continue;
        const members = all.filter((one) => one.values.length > 0 && manifest.keys.some((key) => isSameKey(one, key)));
        const named = { zone: displayName(zone), name, rrsets: members.map(asInput) };
        listed.push({ label: `${name} in ${displayName(zone)}`, inputs: named, mark: manifest.mark });
      }
    }
    return listed;
  },
});

/** If somebody removed the manifest but not the members, the members' own notes contain the mark. */
const firstPresent = (stored: readonly Stored[]): Stored =>
  stored.find(isPresent) ?? nothingAt({ name: ".", type: "NS" });
