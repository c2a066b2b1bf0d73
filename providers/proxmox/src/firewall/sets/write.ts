import type { Parameters } from "../../api/reader.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import type { Place } from "../../vm/config/guest-config.ts";
import { firewallOf, readList, stepByStep } from "../lists.ts";
import { networkKey } from "../network.ts";
import { isTagged, taggedWith, wordsIn } from "../tag.ts";
import { spoofingPrefix, type EntryInputs } from "./inputs.ts";
import { fillingName, isSameEntry, ourSets, readEntries } from "./look.ts";

type Sets = ReadonlyMap<string, readonly EntryInputs[]>;

/** Creates and fills the declared sets. A set of others by this name is ours from now on: an adoption takes it over. */
export async function writeSets(client: ProxmoxWriter, place: Place, declared: Sets): Promise<void> {
  const present = await readList(client, place, "/ipset");
  const has = (name: string): boolean => present.rows.some((row) => row.get("name") === name);
  for (const [name, entries] of declared) {
    if (has(name)) {
      if (!ourSets(present).includes(name)) await renameSet(client, place, name, name);
      await writeEntries(client, place, name, entries);
      continue;
    }
    const filling = fillingName(name);
    const isStarted = has(filling);
    if (!isStarted) {
      await client.change("POST", `${firewallOf(place)}/ipset`, { name: filling, comment: taggedWith(null) });
    }
    await writeEntries(client, place, filling, entries, !isStarted);
    if (filling !== name) await renameSet(client, place, filling, name);
  }
}

/** Gives a set its name and our tag. */
const renameSet = (client: ProxmoxWriter, place: Place, from: string, name: string): Promise<void> =>
  stepByStep(
    () => readList(client, place, "/ipset"),
    ({ rows, digest }) => {
      const present = rows.find((row) => row.get("name") === from);
      if (present === undefined || (from === name && isTagged(present.get("comment")))) return undefined;
      const comment = taggedWith(wordsIn(present.get("comment")));
      return () => client.change("POST", `${firewallOf(place)}/ipset`, { name, rename: from, comment, digest });
    },
  );

/** The input that declares a set, also while it is being filled. */
function inputOf(set: string): string {
  const [, slot] = set.split(spoofingPrefix);
  return slot === undefined ? `ipsets.${set}` : `antiSpoofing.${slot}`;
}

const parametersOf = ({ nomatch, comment }: EntryInputs): Parameters => ({
  nomatch: nomatch ? 1 : undefined,
  comment: comment ?? undefined,
});

/** New entries come first, so that no address is left out in between. */
async function writeEntries(
  client: ProxmoxWriter,
  place: Place,
  set: string,
  wanted: readonly EntryInputs[],
  isNew = false,
): Promise<void> {
  const path = `${firewallOf(place)}/ipset/${set}`;
  const pathTo = (cidr: string): string => `${path}/${encodeURIComponent(cidr)}`;
  const input = inputOf(set);
  const names = { cidr: input, nomatch: input, comment: input };
  await stepByStep(
    () => readEntries(client, place, set),
    ({ byKey, digest }) => {
      const missing = wanted.filter(({ cidr }) => !byKey.has(networkKey(cidr)));
      if (missing.length > 0) {
        return async () => {
          for (const entry of missing) {
            await client.change("POST", path, { cidr: entry.cidr, ...parametersOf(entry) }, names);
          }
        };
      }
      for (const entry of wanted) {
        const seen = byKey.get(networkKey(entry.cidr));
        if (seen === undefined || isSameEntry(seen, entry)) continue;
        return () => client.change("PUT", pathTo(seen.cidr), { ...parametersOf(entry), digest }, names);
      }
      const keys = new Set(wanted.map(({ cidr }) => networkKey(cidr)));
      const [surplus] = [...byKey].filter(([key]) => !keys.has(key));
      return surplus && (() => client.remove(pathTo(surplus[1].cidr), { digest }));
    },
    { first: isNew ? { byKey: new Map(), digest: undefined } : undefined },
  );
}

/** Deletes our sets that are no longer declared. No rule of ours refers to them any more. */
export async function removeSets(client: ProxmoxWriter, place: Place, declared: Sets): Promise<void> {
  for (const name of ourSets(await readList(client, place, "/ipset"))) {
    if (!declared.has(name)) await client.remove(`${firewallOf(place)}/ipset/${name}`, { force: 1 });
  }
}
