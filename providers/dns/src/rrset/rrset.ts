import { AlreadyExists, defineResource, MarkChanged, requireMark, type Change } from "@nixops4-resources/protocol-core";
import { connectReader, connectWriter, type DnsReader, type DnsWriter } from "../client.ts";
import { connection, refuseAlias, refuseHosted } from "../connection.ts";
import { delegationOf } from "../delegation/delegation.ts";
import { displayName } from "../name.ts";
import { detailsOf, markOf, noteFor } from "../note/note.ts";
import { managedType } from "../record-set/managed-type.ts";
import { valuesAsDeclared } from "../record-set/value.ts";
import { isPresent, nothingAt } from "../stored.ts";
import { untilSettled } from "../until-settled.ts";
import { inputs, outputs } from "./inputs.ts";
import { listedIn } from "./list.ts";
import { requireMarkIn, requireOurs, reversesOf, storedSet } from "./look.ts";
import { ownershipOf } from "./ownership.ts";
import { checkReverse, hasReverse, isAsWanted, isReverseOf, pointReverse, removeReverse } from "./reverse.ts";
import { checkPart, declaredReverse, noteOf, targetOf, wantedOf, zoneOf } from "./wanted.ts";

export default defineResource({
  type: "rrset",
  description:
    "All records of one name and type, or with `shared` its own values among them. Every change is one atomic update, which fails without effect if another client changed the records first.",
  requireState: false,
  identity: ["name", "type"],
  sharedBy: { flag: "shared", part: "part" },
  connection,
  inputs,
  outputs,
  immutable: {
    name: "The records under the old name would be left behind: declare a new resource and destroy this one",
    shared: `Destroy the resource with \`deletion = "retain"\`, then change \`shared\` and set \`adopt = true\``,
    part: "The values of the old part would be left behind: declare a new resource and destroy this one",
  },
  stableOutputs: ["fqdn", "zone"],
  leastRights:
    "Dynamic update: a key that may update the names and the TXT records `_nixops4-TYPE.NAME`. `list`, and names below a delegation, also require the right to transfer the zone. PowerDNS' API: the API key.",
  example: {
    name: "www.example.org",
    type: "A",
    values: ["192.0.2.1"],
  },

  label: ({ name, type, part }) =>
    `${name.replace(/\.$/, "").toLowerCase()} ${type}${typeof part === "string" ? ` (${part})` : ""}`,
  insteadOfTakeover: ({ shared }) =>
    shared
      ? "remove the value from `values`"
      : "set `shared = true` on this resource and the other owner's, if each owns some of the values",
  connectReader,
  connectWriter,

  async read(client: DnsReader, want, previous) {
    refuseHosted(want.connection);
    refuseAlias(want.connection, [want.type]);
    const wanted = wantedOf(want);
    const target = targetOf(want, wanted);
    const zone = await client.findZone(wanted, zoneOf(want));
    const ownership = ownershipOf(want, wanted, previous);
    const stored = await storedSet(client, zone.name, wanted, ownership, want, previous);
    if (stored === undefined) return undefined;
    const reverses = await reversesOf(client, stored, declaredReverse(want, wanted));
    const isMarked = detailsOf(stored).includes(hasReverse);
    const own = reverses.filter((reverse) => isReverseOf(reverse, target));
    return {
      mark: markOf(stored),
      inputs: {
        name: want.name,
        zone: want.zone,
        part: want.shared ? want.part : null,
        type: stored.type === wanted.type ? want.type : stored.type,
        ttlSeconds: stored.values.length === 0 ? want.ttlSeconds : stored.ttlSeconds,
        values:
          stored.type === wanted.type
            ? valuesAsDeclared(wanted.type, want.values, stored.values, "values")
            : [...stored.values],
        ptr: want.ptr ? isMarked && reverses.every((reverse) => isAsWanted(reverse, target)) : isMarked,
      },
      outputs: {
        fqdn: displayName(wanted.name),
        zone: displayName(zone.name),
        serial: zone.serial,
        ptrNames: own.map((reverse) => displayName(reverse.stored.name)),
        delegation: await delegationOf(client, zone.name, want.parentServer),
      },
    };
  },

  async create(client: DnsWriter, want, mark) {
    checkPart(want);
    const wanted = wantedOf(want);
    const zone = await client.zoneName(wanted, zoneOf(want));
    const target = targetOf(want, wanted);
    const aimed = { ...nothingAt(wanted), values: wanted.values };
    const reverses = await reversesOf(client, aimed, declaredReverse(want, wanted));
    checkReverse(reverses, target);
    const ownership = ownershipOf(want, wanted);
    await untilSettled(client, {
      zone,
      changes: () => [ownership.replacedIn(client.seen(wanted), { ...wanted, note: noteOf(want, mark) })],
      lookAgain: async () => {
        await client.look(zone, [wanted]);
        if (isPresent(ownership.ownIn(client.seen(wanted)))) throw new AlreadyExists();
      },
      isShared: want.shared,
    });
    await pointReverse(client, reverses, target);
  },

  async update(client: DnsWriter, want, { seen, mark }: Change<typeof inputs, typeof outputs>) {
    const wanted = wantedOf(want);
    const zone = await client.zoneName(wanted, zoneOf(want));
    const target = targetOf(want, wanted);
    const type = typeof seen.inputs.type === "string" ? managedType(seen.inputs.type) : wanted.type;
    const former = type === wanted.type ? [] : [{ name: wanted.name, type }];
    const aimed = { ...nothingAt(wanted), values: wanted.values };
    const values = Array.isArray(seen.inputs.values) ? seen.inputs.values : [];
    const ownership = ownershipOf(want, wanted, { type, values });
    const before = await reversesOf(client, ownership.ownIn(client.seen({ name: wanted.name, type })), []);
    const after = await reversesOf(client, aimed, declaredReverse(want, wanted));
    checkReverse(after, target);
    // PTR records of removed addresses are deleted first: if interrupted, the next apply finds them by these addresses.
    const leaving = before.filter(({ stored }) => !after.some((one) => one.stored.name === stored.name));
    await removeReverse(client, leaving, target);
    await untilSettled(client, {
      zone,
      changes() {
        requireMarkIn(client, [wanted, ...former], ownership, mark);
        const owned = [...former.map(nothingAt), { ...wanted, note: noteOf(want, mark) }];
        return owned.map((own) => ownership.replacedIn(client.seen(own), own));
      },
      lookAgain: () => requireOurs(client, zone, [wanted, ...former], ownership, mark),
      isShared: want.shared,
    });
    await pointReverse(client, after, target);
    if (after.length === 0) return;
    // PTR records are in other zones, so no update covers both. If the addresses were taken over meanwhile, ours go again.
    await requireOurs(client, zone, [wanted], ownership, mark).catch(async (error: unknown) => {
      if (error instanceof MarkChanged) {
        await removeReverse(client, await reversesOf(client, aimed, wanted.values), target);
      }
      throw error;
    });
  },

  async delete(client: DnsWriter, want, seen) {
    const wanted = wantedOf(want);
    const zone = await client.zoneName(wanted, zoneOf(want));
    const ownership = ownershipOf(want, wanted);
    const own = ownership.ownIn(client.seen(wanted));
    await removeReverse(client, await reversesOf(client, own, []), targetOf(want, wanted));
    await untilSettled(client, {
      zone,
      changes() {
        requireMarkIn(client, [wanted], ownership, seen.mark);
        return [ownership.replacedIn(client.seen(wanted), nothingAt(wanted))];
      },
      lookAgain: () => requireOurs(client, zone, [wanted], ownership, seen.mark, true),
      isShared: want.shared,
    });
  },

  async setMark(client: DnsWriter, want, mark, expected) {
    const wanted = wantedOf(want);
    const zone = await client.zoneName(wanted, zoneOf(want));
    const ownership = ownershipOf(want, wanted);
    const own = ownership.ownIn(client.seen(wanted));
    requireMark(markOf(own), expected);
    if (mark === undefined) {
      await removeReverse(client, await reversesOf(client, own, []), targetOf(want, wanted), true);
    }
    const note = mark === undefined ? null : noteFor(mark, []);
    await untilSettled(client, {
      zone,
      changes: () => {
        const stored = client.seen(wanted);
        return [ownership.replacedIn(stored, { ...ownership.ownIn(stored), note })];
      },
      lookAgain: () => requireOurs(client, zone, [wanted], ownership, expected),
      isShared: want.shared,
    });
  },

  async list(client: DnsReader, managedBy) {
    const listed = [];
    for (const zone of await client.backend.zones()) {
      for (const stored of await client.backend.all(zone)) listed.push(...listedIn(stored, zone, managedBy));
    }
    return listed;
  },
});
