import { MarkChanged, requireMark, type Mark, type Previous } from "@nixops4-resources/protocol-core";
import type { DnsReader } from "../client.ts";
import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import { detailOf, detailsOf, markOf } from "../note/note.ts";
import { isSharedNote } from "../note/owner-line.ts";
import { managedType } from "../record-set/managed-type.ts";
import type { WantedSet } from "../record-set/record-set.ts";
import { isPresent, nothingAt, type Key, type Stored } from "../stored.ts";
import type { inputs, Wanted } from "./inputs.ts";
import type { Ownership } from "./ownership.ts";
import { hasReverse, isReverse, lookAtReverse, type Reverse } from "./reverse.ts";
import { isAddress } from "./wanted.ts";

/** The resource's own records: those of the wanted set, or ours of the previously declared type. */
export async function storedSet(
  client: DnsReader,
  zone: string,
  { name, type }: WantedSet,
  ownership: Ownership,
  want: Wanted,
  previous: Previous<typeof inputs>,
): Promise<Stored | undefined> {
  const [stored = nothingAt({ name, type })] = await client.look(zone, [{ name, type }]);
  const own = ownership.ownIn(stored);
  if (isPresent(own)) return notOfAnother(own, want.managedBy);
  if (previous.type === undefined || managedType(previous.type) === type) return undefined;
  const [former] = await client.look(zone, [{ name, type: managedType(previous.type) }]);
  // Others may own the set of the previous type now, as a whole or in parts.
  if (former === undefined || isSharedNote(former.note) !== want.shared) return undefined;
  const ownFormer = ownership.ownIn(former);
  const isOurs = markOf(ownFormer)?.managedBy === want.managedBy && isStandalone(ownFormer);
  return isOurs ? ownFormer : undefined;
}

/** Throws `MarkChanged` if records of the resource, as last seen, exist and do not carry the expected mark. */
export function requireMarkIn(
  client: DnsReader,
  keys: readonly Key[],
  ownership: Ownership,
  expected: Mark | undefined,
): void {
  const found = keys.map((key) => ownership.ownIn(client.seen(key))).filter(isPresent);
  for (const own of found) requireMark(markOf(own), expected);
}

/**
 * Reads again, and throws `MarkChanged` unless the resource's records that exist carry the expected mark. With `mayBeGone`, none needs to
 * exist: deleting what is gone succeeds.
 */
export async function requireOurs(
  client: DnsReader,
  zone: string,
  keys: readonly Key[],
  ownership: Ownership,
  expected: Mark | undefined,
  mayBeGone = false,
): Promise<void> {
  const looks = await client.look(zone, keys);
  if (!mayBeGone && !looks.some((stored) => isPresent(ownership.ownIn(stored)))) throw new MarkChanged();
  requireMarkIn(client, keys, ownership, expected);
}

/** Whether the set belongs neither to `records` nor to the `ptr` of an address. */
const isStandalone = (stored: Stored): boolean => detailOf(stored, "records") === undefined && !isReverse(stored);

/** Two resources of one deployment with the same record set would overwrite each other at every apply. */
function notOfAnother(stored: Stored, managedBy: string): Stored {
  if (markOf(stored)?.managedBy !== managedBy || isStandalone(stored)) return stored;
  const set = detailOf(stored, "records");
  throw failure(
    `${displayName(stored.name)} ${stored.type} belongs to ${set === undefined ? "an address with `ptr = true`" : `the records ${set}`} of this deployment`,
    "dns.rrset.taken",
    "Declare it in one resource only, or all of its values as `rrset` with `shared = true`",
  );
}

/**
 * The reverse records of a set of addresses, if they are declared or if its note says that they were created. `declared` are
 * the addresses that should have one.
 */
export async function reversesOf(client: DnsReader, stored: Stored, declared: readonly string[]): Promise<Reverse[]> {
  if (!isAddress(stored)) return [];
  if (declared.length === 0 && !detailsOf(stored).includes(hasReverse)) return [];
  return await lookAtReverse(client, stored.type, stored.values, declared);
}
