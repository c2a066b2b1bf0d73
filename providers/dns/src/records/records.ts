import { isWithin } from "@nixops4-resources/dns-client";
import {
  AlreadyExists,
  defineResource,
  option,
  withExample,
  type Mark,
  type Want,
} from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { Conflict, type Key, type Stored } from "../backend.ts";
import { connectReader, connectWriter, nothingAt, type DnsReader, type DnsWriter } from "../client.ts";
import { connection } from "../connection.ts";
import { delegationOf, delegation, parentServer } from "../delegation/delegation.ts";
import { failure } from "../failure.ts";
import { manifestAt, manifestKey, manifestName, readManifest, type Manifest } from "./manifest.ts";
import { nameOf, outside, textOf } from "../name.ts";
import { isThere, markOf } from "../note/note.ts";
import { inTheWay, isMember, membershipOf } from "./claim.ts";
import { recordSet, wantedSet, type WantedSet } from "../record-set.ts";
import { untilSettled } from "../until-settled.ts";
import { inUsersWords } from "../value.ts";

const inputs = {
  zone: option(withExample(z.string().check(z.minLength(1)), "example.org"), "Zone that holds all of the records."),
  name: option(
    withExample(z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/)), "mastodon"),
    "What these records are called in the zone, where a TXT record `_nixops4-records.NAME.ZONE` tells which ones they are: 1 to 40 of a-z, 0-9 and the hyphen.",
  ),
  rrsets: option(
    z.array(z.strictObject(recordSet)).check(z.minLength(1)),
    "The record sets, each all records of one name and type.",
  ),
  parentServer,
};

const outputs = {
  zone: option(z.string(), "The zone, without a dot at its end."),
  fqdns: option(z.array(z.string()), "The names that have records here, whole, in ASCII, sorted and each once."),
  serial: option(
    z.int(),
    "Serial number of the zone's SOA record when it was looked at last. Every change in the zone raises it.",
  ),
  delegation,
};

type Wanted = Want<typeof connection, typeof inputs>;

/** The declared sets, and where the manifest is. */
interface Declared {
  readonly zone: string;
  readonly manifest: Key;
  readonly sets: readonly WantedSet[];
}

export default defineResource({
  type: "records",
  description:
    "Many record sets of one zone, made, changed and removed in one atomic update: all that an application needs, or none of it.",
  requireState: false,
  connection,
  inputs,
  outputs,
  immutable: {
    zone: "The records would stay behind in the old zone: declare new records and destroy these",
    name: "The records would stay behind under the old name: declare new records and destroy these",
  },
  stableOutputs: ["zone"],
  leastRights:
    "By dynamic update: the key may update the names, the TXT records `_nixops4-TYPE.NAME` beside them and `_nixops4-records.NAME.ZONE`; for `list`, and for what lies below a delegation, it may transfer the zone. In PowerDNS' API: the API key.",
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
  connectReader,
  connectWriter,

  async read(client: DnsReader, want) {
    const declared = declare(want);
    const zone = await client.findZone({ name: declared.zone, type: "SOA" }, declared.zone);
    const { manifest, sets: stored, former } = await lookAtAll(client, declared);
    const obstacle = manifest === undefined ? inTheWay(stored, want) : undefined;
    if (manifest === undefined && !stored.some(isThere)) return undefined;
    return {
      mark: manifest === undefined ? markOf(obstacle ?? ownOf(stored)) : manifest.mark,
      inputs: {
        zone: want.zone,
        name: want.name,
        rrsets: [
          ...want.rrsets.flatMap((given, index) => inputOf(given, index, stored[index], manifest?.keys)),
          ...former.filter(isThere).map(inputOfStored),
        ],
      },
      outputs: {
        zone: textOf(zone.name),
        fqdns: [...new Set(declared.sets.map(({ name }) => textOf(name)))].sort(),
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
      lookAgain: () => manifestOfAnother(client, declared, want),
    });
  },

  async delete(client: DnsWriter, want) {
    const declared = declare(want);
    await untilSettled(client, {
      zone: declared.zone,
      changes: () => [declared.manifest, ...membersOf(client, declared, want)].map(nothingAt),
      lookAgain: () => manifestOfAnother(client, declared, want),
    });
  },

  async setMark(client: DnsWriter, want, mark) {
    const declared = declare(want);
    const all = [...declared.sets, ...formerKeys(client, declared)].map((key) => client.seen(key)).filter(isThere);
    if (mark === undefined) {
      const members = membersOf(client, declared, want).map((stored) => ({ ...stored, note: null }));
      await client.write(declared.zone, [nothingAt(declared.manifest), ...members]);
      return;
    }
    const members = all.map((stored) => ({ ...stored, note: membershipOf(stored, want) }));
    await client.write(declared.zone, [manifestAt(declared.manifest, mark, members), ...members]);
  },

  async list(client: DnsReader, managedBy) {
    const listed = [];
    for (const zone of await client.backend.zones()) {
      const all = await client.backend.all(zone);
      for (const stored of all) {
        const name = manifestName(stored, zone);
        const manifest = name === undefined ? undefined : readManifest(stored);
        if (name === undefined || manifest?.mark?.managedBy !== managedBy) continue;
        const members = all.filter((one) => one.values.length > 0 && manifest.keys.some((key) => isAt(one, key)));
        const named = { zone: textOf(zone), name, rrsets: members.map(inputOfStored) };
        listed.push({ label: `${name} in ${textOf(zone)}`, inputs: named, mark: manifest.mark });
      }
    }
    return listed;
  },
});

function declare(want: Wanted): Declared {
  const zone = nameOf(want.zone, "zone");
  const sets = want.rrsets.map((given, index) => wantedSet(given, `rrsets[${index}].`));
  for (const [index, set] of sets.entries()) {
    if (!isWithin(set.name, zone)) throw outside(set.name, zone);
    if (sets.findIndex((one) => isAt(one, set)) === index) continue;
    const hint = "Put all values of a name and type into one record set";
    throw failure(`${textOf(set.name)} ${set.type} is declared twice`, "dns.value.invalid", hint);
  }
  return { zone, manifest: manifestKey(want.name, zone), sets };
}

const isAt = (one: Key, other: Key): boolean => one.name === other.name && one.type === other.type;

/** Looks at the manifest, at all that is declared, and at what the manifest tells of beside that. */
async function lookAtAll(
  client: DnsReader,
  declared: Declared,
): Promise<{ manifest: Manifest | undefined; sets: Stored[]; former: Stored[] }> {
  const [first, ...sets] = await client.look(declared.zone, [declared.manifest, ...declared.sets]);
  const manifest = readManifest(first ?? nothingAt(declared.manifest));
  return { manifest, sets, former: await client.look(declared.zone, leftOut(manifest?.keys ?? [], declared)) };
}

/** Looks again, and gives the manifest if it bears another mark by now. Whose a set is, is asked for each change. */
async function manifestOfAnother(client: DnsReader, declared: Declared, want: Wanted): Promise<Key | undefined> {
  const { manifest } = await lookAtAll(client, declared);
  return manifest === undefined || manifest.mark?.managedBy === want.managedBy ? undefined : declared.manifest;
}

/** Members that are no longer declared. */
const leftOut = (keys: readonly Key[], { sets }: Declared): Key[] =>
  keys.filter((key) => !sets.some((set) => isAt(set, key)));

const formerKeys = (client: DnsReader, declared: Declared): Key[] =>
  leftOut(readManifest(client.seen(declared.manifest))?.keys ?? [], declared);

/** Members that were made by hand are gone with the manifest that told of them; then their own notes count. */
const ownOf = (stored: readonly Stored[]): Stored => stored.find(isThere) ?? nothingAt({ name: ".", type: "NS" });

/** All that bears our membership, declared or not. */
const membersOf = (client: DnsReader, declared: Declared, want: Wanted): Stored[] =>
  [...declared.sets, ...formerKeys(client, declared)]
    .map((key) => client.seen(key))
    .filter((stored) => isMember(stored, want));

/** All that is to be there, and what leaves; on what was seen last. */
function changesFor(client: DnsReader, declared: Declared, want: Wanted, mark: Mark): Stored[] {
  const sets = declared.sets.map((set) => ({ ...set, note: membershipOf(client.seen(set), want) }));
  const leaving = formerKeys(client, declared)
    .map((key) => client.seen(key))
    .filter((stored) => isMember(stored, want))
    // What was there before us stays.
    .map((stored) => (markOf(stored)?.adopted === true ? { ...stored, note: null } : nothingAt(stored)));
  // To destroy them all by default would destroy what was taken over.
  const isAdopted = mark.adopted === true || sets.some((set) => markOf(set)?.adopted === true);
  const own = { ...mark, ...(isAdopted && { adopted: true as const }) };
  return [manifestAt(declared.manifest, own, sets), ...sets, ...leaving];
}

/** A declared set as it is there, in the user's words; nothing where it is not there as a member. */
function inputOf(
  given: Wanted["rrsets"][number],
  index: number,
  stored: Stored | undefined,
  members: readonly Key[] | undefined,
): Wanted["rrsets"] {
  const isNone = stored === undefined || stored.values.length === 0;
  if (isNone || (members !== undefined && (stored.note === null || !members.some((key) => isAt(key, stored)))))
    return [];
  const values = inUsersWords(stored.type, given.values, stored.values, `rrsets[${index}].values`);
  return [{ name: given.name, type: given.type, ttlSeconds: stored.ttlSeconds, values }];
}

const inputOfStored = ({ name, type, ttlSeconds, values }: Stored): Wanted["rrsets"][number] => ({
  name: textOf(name),
  type,
  ttlSeconds,
  values: [...values],
});
