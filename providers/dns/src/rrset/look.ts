import { MarkChanged, requireMark, type Mark, type Previous } from "@nixops4-resources/protocol-core";
import type { DnsReader } from "../client.ts";
import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import { detailOf, detailsOf, markOf } from "../note/note.ts";
import { managedType } from "../record-set/managed-type.ts";
import type { WantedSet } from "../record-set/record-set.ts";
import { isPresent, nothingAt, type Key, type Stored } from "../stored.ts";
import type { inputs, Wanted } from "./inputs.ts";
import { isReverse, lookAtReverse, type Reverse } from "./reverse.ts";
import { hasReverse, isAddress } from "./wanted.ts";

/** The stored set of the resource: the wanted one, or our set of the previously declared type. */
export async function storedSet(
  client: DnsReader,
  zone: string,
  { name, type }: WantedSet,
  want: Wanted,
  previous: Previous<typeof inputs>,
): Promise<Stored | undefined> {
  const [stored = nothingAt({ name, type })] = await client.look(zone, [{ name, type }]);
  if (isPresent(stored)) return notOfAnother(stored, want.managedBy);
  if (previous.type === undefined || managedType(previous.type) === type) return undefined;
  const [former] = await client.look(zone, [{ name, type: managedType(previous.type) }]);
  const isOurs = former !== undefined && markOf(former)?.managedBy === want.managedBy && isStandalone(former);
  return isOurs ? former : undefined;
}

/**
 * Reads again, and throws `MarkChanged` unless the sets that exist carry the expected mark. With `mayBeGone`, none needs to
 * exist: deleting what is gone succeeds.
 */
export async function requireOurs(
  client: DnsReader,
  zone: string,
  keys: readonly Key[],
  expected: Mark | undefined,
  mayBeGone = false,
): Promise<void> {
  const found = (await client.look(zone, keys)).filter(isPresent);
  if (found.length === 0 && !mayBeGone) throw new MarkChanged();
  for (const stored of found) requireMark(markOf(stored), expected);
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
    "Declare it in one resource only",
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
