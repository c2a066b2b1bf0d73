import {
  AlreadyExists,
  defineResource,
  option,
  type Change,
  type Mark,
  type Previous,
  type Want,
} from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { Conflict, type Key, type Stored } from "../backend.ts";
import { connectReader, connectWriter, nothingAt, type DnsReader, type DnsWriter } from "../client.ts";
import { connection, refuseHosted } from "../connection.ts";
import { delegationOf, delegation, parentServer } from "../delegation/delegation.ts";
import { failure } from "../failure.ts";
import { nameOf, textOf } from "../name.ts";
import { isThere, markOf, noteFor, wordOf, wordsOf } from "../note/note.ts";
import { managedType, recordSet, wantedSet, type WantedSet } from "../record-set.ts";
import {
  checkReverse,
  isAsWanted,
  isReverse,
  isReverseOf,
  lookAtReverse,
  pointReverse,
  removeReverse,
  type Target,
} from "./reverse.ts";
import { inUsersWords } from "../value.ts";
import { untilSettled } from "../until-settled.ts";

/** The word beside a record set whose addresses have PTR records of ours. */
const hasReverse = "ptr";

const inputs = {
  ...recordSet,
  zone: option(
    z.nullable(z.string().check(z.minLength(1))),
    "Zone that holds the records. Null asks the server for the one that holds the name; at a name that is a zone of its own there, NS records are that zone's, and only with `zone` its parent's.",
    null,
  ),
  ptr: option(
    z.boolean(),
    "For A and AAAA: whether each address gets a PTR record that leads back to the name, where the server has its reverse zone.",
    false,
  ),
  parentServer,
};

const outputs = {
  fqdn: option(z.string(), "The whole name in ASCII, without a dot at its end."),
  zone: option(z.string(), "Zone that holds the records, without a dot at its end."),
  serial: option(
    z.int(),
    "Serial number of the zone's SOA record when it was looked at last. Every change in the zone raises it.",
  ),
  ptrNames: option(z.array(z.string()), "Names of the PTR records that `ptr` made."),
  delegation,
};

type Wanted = Want<typeof connection, typeof inputs>;

export default defineResource({
  type: "rrset",
  description:
    "All records of one name and type. Every change is one atomic update, which the server refuses where somebody else was faster.",
  requireState: false,
  connection,
  inputs,
  outputs,
  immutable: {
    name: "The records under the old name would stay behind: declare a new resource and destroy this one",
  },
  stableOutputs: ["fqdn", "zone"],
  leastRights:
    "By dynamic update: the key may update the names and the TXT records `_nixops4-TYPE.NAME` beside them; for `list`, and for what lies below a delegation, it may transfer the zone. In PowerDNS' API: the API key.",
  example: {
    name: "www.example.org",
    type: "A",
    values: ["192.0.2.1"],
  },

  label: ({ name, type }) => `${name.replace(/\.$/, "").toLowerCase()} ${type}`,
  connectReader,
  connectWriter,

  async read(client: DnsReader, want, previous) {
    refuseHosted(want.connection);
    const wanted = wantedOf(want);
    const target = targetOf(want, wanted);
    const zone = await client.findZone(wanted, zoneOf(want));
    const stored = await storedSet(client, zone.name, wanted, want, previous);
    if (stored === undefined) return undefined;
    const reverses = await reversesOf(client, stored, want.ptr);
    const isMarked = wordsOf(stored).includes(hasReverse);
    const mine = reverses.filter((reverse) => isReverseOf(reverse, target));
    return {
      mark: markOf(stored),
      inputs: {
        name: want.name,
        zone: want.zone,
        type: stored.type === wanted.type ? want.type : stored.type,
        ttlSeconds: stored.values.length === 0 ? want.ttlSeconds : stored.ttlSeconds,
        values:
          stored.type === wanted.type
            ? inUsersWords(wanted.type, want.values, stored.values, "values")
            : [...stored.values],
        ptr: want.ptr ? isMarked && reverses.every((reverse) => isAsWanted(reverse, target)) : isMarked,
      },
      outputs: {
        fqdn: textOf(wanted.name),
        zone: textOf(zone.name),
        serial: zone.serial,
        ptrNames: mine.map((reverse) => textOf(reverse.stored.name)),
        delegation: await delegationOf(client, zone.name, want.parentServer),
      },
    };
  },

  async create(client: DnsWriter, want, mark) {
    const wanted = wantedOf(want);
    const zone = await client.zoneName(wanted, zoneOf(want));
    const target = targetOf(want, wanted);
    const reverses = await reversesOf(client, { ...nothingAt(wanted), values: wanted.values }, want.ptr);
    checkReverse(reverses, target);
    try {
      await client.write(zone, [{ ...wanted, note: noteOf(want, mark) }]);
    } catch (error) {
      throw error instanceof Conflict ? new AlreadyExists(error.message, { cause: error }) : error;
    }
    await pointReverse(client, reverses, target);
  },

  async update(client: DnsWriter, want, { seen, mark }: Change<typeof inputs, typeof outputs>) {
    const wanted = wantedOf(want);
    const zone = await client.zoneName(wanted, zoneOf(want));
    const target = targetOf(want, wanted);
    const type = typeof seen.inputs.type === "string" ? managedType(seen.inputs.type) : wanted.type;
    const former = type === wanted.type ? [] : [{ name: wanted.name, type }];
    const before = await reversesOf(client, client.seen({ name: wanted.name, type }), false);
    const after = await reversesOf(client, { ...nothingAt(wanted), values: wanted.values }, want.ptr);
    checkReverse(after, target);
    // What leads to an address that leaves goes first: were we stopped in between, the address would still tell of it.
    const leaving = before.filter(({ stored }) => !after.some((one) => one.stored.name === stored.name));
    await removeReverse(client, leaving, target);
    await untilSettled(client, {
      zone,
      changes: () => [...former.map(nothingAt), { ...wanted, note: noteOf(want, mark) }],
      lookAgain: () => findForeign(client, zone, [wanted, ...former], want),
    });
    await pointReverse(client, after, target);
  },

  async delete(client: DnsWriter, want) {
    const wanted = wantedOf(want);
    const zone = await client.zoneName(wanted, zoneOf(want));
    await removeReverse(client, await reversesOf(client, client.seen(wanted), false), targetOf(want, wanted));
    await untilSettled(client, {
      zone,
      changes: () => [nothingAt(wanted)],
      lookAgain: () => findForeign(client, zone, [wanted], want),
    });
  },

  async setMark(client: DnsWriter, want, mark) {
    const wanted = wantedOf(want);
    const zone = await client.zoneName(wanted, zoneOf(want));
    const stored = client.seen(wanted);
    if (mark === undefined) {
      await removeReverse(client, await reversesOf(client, stored, false), targetOf(want, wanted), true);
    }
    const note = mark === undefined ? null : noteFor(mark, []);
    await client.write(zone, [{ ...stored, note }]);
  },

  async list(client: DnsReader, managedBy) {
    const listed = [];
    for (const zone of await client.backend.zones()) {
      for (const stored of await client.backend.all(zone)) {
        const mark = markOf(stored);
        if (mark?.managedBy !== managedBy || mark.type !== "rrset" || isReverse(stored)) continue;
        const { name, type, ttlSeconds, values } = stored;
        const named = { zone: textOf(zone), name: textOf(name), type, ttlSeconds, values: [...values] };
        listed.push({ label: `${textOf(name)} ${type}`, inputs: named, mark });
      }
    }
    return listed;
  },
});

function wantedOf(want: Wanted): WantedSet {
  const wanted = wantedSet(want);
  if (!want.ptr || isAddress(wanted)) return wanted;
  const hint = "Set `ptr = true` on the A and AAAA records that the name leads to";
  throw failure(`\`ptr\` is for A and AAAA, not for ${wanted.type}`, "dns.value.invalid", hint);
}

const isAddress = ({ type }: Key): boolean => type === "A" || type === "AAAA";

const zoneOf = ({ zone }: Wanted): string | null => (zone === null ? null : nameOf(zone, "zone"));

const noteOf = ({ ptr }: Wanted, mark: Mark): string => noteFor(mark, ptr ? [hasReverse] : []);

const targetOf = ({ managedBy, adopt }: Wanted, { name, ttlSeconds }: WantedSet): Target => ({
  name,
  ttlSeconds,
  managedBy,
  adopt,
});

/** The set that stands for the resource: the wanted one, or the one of another type that was declared before. */
async function storedSet(
  client: DnsReader,
  zone: string,
  { name, type }: WantedSet,
  want: Wanted,
  previous: Previous<typeof inputs>,
): Promise<Stored | undefined> {
  const [stored = nothingAt({ name, type })] = await client.look(zone, [{ name, type }]);
  if (isThere(stored)) return notOfAnother(stored, want.managedBy);
  if (previous.type === undefined || managedType(previous.type) === type) return undefined;
  const [former] = await client.look(zone, [{ name, type: managedType(previous.type) }]);
  const isOurs = former !== undefined && markOf(former)?.managedBy === want.managedBy && isAlone(former);
  return isOurs ? former : undefined;
}

/** Looks, and gives what is there and bears another mark than ours, or none. */
async function findForeign(client: DnsReader, zone: string, keys: Key[], want: Wanted): Promise<Stored | undefined> {
  const found = await client.look(zone, keys);
  return found.find((stored) => isThere(stored) && markOf(stored)?.managedBy !== want.managedBy);
}

const isAlone = (stored: Stored): boolean => wordOf(stored, "records") === undefined && !isReverse(stored);

/** Two resources of one deployment that declare the same would take turns. */
function notOfAnother(stored: Stored, managedBy: string): Stored {
  if (markOf(stored)?.managedBy !== managedBy || isAlone(stored)) return stored;
  const set = wordOf(stored, "records");
  throw failure(
    `${textOf(stored.name)} ${stored.type} belongs to ${set === undefined ? "an address with `ptr = true`" : `the records ${set}`} of this deployment`,
    "dns.rrset.taken",
    "Declare it once",
  );
}

/** The reverse records that belong to a set of addresses: all where they are wanted, else those that its note tells of. */
async function reversesOf(client: DnsReader, stored: Stored, isWanted: boolean): ReturnType<typeof lookAtReverse> {
  if (!isAddress(stored)) return [];
  if (!isWanted && !wordsOf(stored).includes(hasReverse)) return [];
  return await lookAtReverse(client, stored.type, stored.values);
}
