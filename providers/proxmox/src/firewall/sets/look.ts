import { somethingElse } from "@nixops4-resources/protocol-core";
import { isRejected } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import type { Place } from "../../vm/config/guest-config.ts";
import { readList, type List } from "../lists.ts";
import { markSet } from "../mark.ts";
import { networkKey } from "../network.ts";
import { isTagged, wordsIn } from "../tag.ts";
import { ownPrefix, spoofingPrefix, type EntryInputs } from "./inputs.ts";

/** Names of the IP sets that the deployment manages, without the one that has the mark. */
export const ourSets = ({ rows }: List): string[] =>
  rows.flatMap((row) => {
    const name = row.get("name") ?? "";
    return isTagged(row.get("comment")) && name !== markSet ? [name] : [];
  });

/** An IP set with its entries, by a key that is the same for all spellings of a network. */
export interface Entries {
  readonly byKey: ReadonlyMap<string, EntryInputs>;
  readonly digest: string | undefined;
}

export async function readEntries(client: ProxmoxReader, place: Place, name: string): Promise<Entries> {
  const { rows, digest } = await readList(client, place, `/ipset/${name}`);
  const entries = rows.map((row): EntryInputs => {
    const nomatch = row.get("nomatch") === "1";
    return { cidr: row.get("cidr") ?? "", nomatch, comment: wordsIn(row.get("comment")) };
  });
  return { byKey: new Map(entries.map((entry) => [networkKey(entry.cidr), entry])), digest };
}

/** How often a firewall is looked at whose sets change meanwhile. */
const looks = 3;

/** A look at all sets. It is made again if a set of the list is gone when its entries are read: another request renames it. */
export async function unlessSetsChange<T>(look: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await look();
    } catch (error) {
      if (count === looks || !isRejected(error) || !error.words.startsWith("no such IPSet")) throw error;
    }
  }
}

/** Whether Proxmox has this entry as declared. */
export const isSameEntry = (one: EntryInputs | undefined, other: EntryInputs): boolean =>
  one !== undefined && one.nomatch === other.nomatch && one.comment === other.comment;

/** Our sets in the shape of the inputs; as declared where they mean the same. */
export async function seenSets(
  client: ProxmoxReader,
  place: Place,
  sets: List,
  declared: ReadonlyMap<string, readonly EntryInputs[]>,
): Promise<{
  ipsets: Record<string, EntryInputs[]>;
  antiSpoofing: Record<string, string[]> | typeof somethingElse;
}> {
  const ipsets: Record<string, EntryInputs[]> = {};
  const antiSpoofing: Record<string, string[]> = {};
  let isPlain = true;
  for (const name of ourSets(sets)) {
    const entries = asDeclared(await readEntries(client, place, name), declared.get(name));
    if (name.startsWith(spoofingPrefix)) {
      antiSpoofing[name.slice(spoofingPrefix.length)] = entries.map(({ cidr }) => cidr);
      isPlain &&= entries.every(({ nomatch, comment }) => !nomatch && comment === null);
    } else ipsets[name] = entries;
  }
  return { ipsets, antiSpoofing: isPlain ? antiSpoofing : somethingElse };
}

function asDeclared({ byKey }: Entries, declared: readonly EntryInputs[] | undefined): EntryInputs[] {
  const isSame =
    declared?.length === byKey.size && declared.every((one) => isSameEntry(byKey.get(networkKey(one.cidr)), one));
  return isSame ? [...declared] : [...byKey.values()];
}

/** Where a set for anti-spoofing is filled: an empty one would stop its card. */
export const fillingName = (name: string): string => (name.startsWith(spoofingPrefix) ? `${ownPrefix}-${name}` : name);
