import type { Mark } from "@nixops4-resources/protocol-core";
import type { DnsReader } from "../client.ts";
import { markOf } from "../note/note.ts";
import { nothingAt, type Stored } from "../stored.ts";
import { isMember, membershipOf } from "./claim.ts";
import { formerKeys, type Declared } from "./declared.ts";
import type { Wanted } from "./inputs.ts";
import { manifestAt } from "./manifest.ts";

/** The stored sets that carry our membership, whether declared or not. */
export const membersOf = (client: DnsReader, declared: Declared, want: Wanted): Stored[] =>
  [...declared.sets, ...formerKeys(client, declared)]
    .map((key) => client.seen(key))
    .filter((stored) => isMember(stored, want));

/** The wanted state of manifest, declared sets and former members, based on what was last seen. */
export function changesFor(client: DnsReader, declared: Declared, want: Wanted, mark: Mark): Stored[] {
  const sets = declared.sets.map((set) => ({ ...set, note: membershipOf(client.seen(set), want) }));
  const former = formerKeys(client, declared)
    .map((key) => client.seen(key))
    .filter((stored) => isMember(stored, want))
    // Adopted records are kept.
    .map((stored) => (markOf(stored)?.adopted === true ? { ...stored, note: null } : nothingAt(stored)));
  // One adopted set makes the whole group adopted: by default, destroying it must not delete the adopted set.
  const isAdopted = mark.adopted === true || sets.some((set) => markOf(set)?.adopted === true);
  const own = { ...mark, ...(isAdopted && { adopted: true as const }) };
  return [manifestAt(declared.manifest, own, sets), ...sets, ...former];
}
