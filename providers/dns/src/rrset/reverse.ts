import { rdataOf } from "@nixops4-resources/dns-client";
import { log, ProviderError } from "@nixops4-resources/protocol-core";
import type { Key, Stored } from "../backend.ts";
import type { DnsReader, DnsWriter } from "../client.ts";
import type { ErrorCode } from "../errors.ts";
import { failure } from "../failure.ts";
import { textOf } from "../name.ts";
import { isThere, markOf, noteFor, wordOf } from "../note/note.ts";

/** The word beside a reverse record that names what it is the reverse of. */
const reverseOf = "ptr-of";

/** The reverse record set of an address, in a zone that the server has. */
export interface Reverse {
  readonly zone: string;
  readonly stored: Stored;
}

/** Who wants reverse records, and to which name they lead. */
export interface Target {
  readonly name: string;
  readonly ttlSeconds: number;
  readonly managedBy: string;
  readonly adopt: boolean;
}

/** What is at the reverse names of addresses, where the server has their zones; the others are somebody else's. */
export async function lookAtReverse(client: DnsReader, type: string, addresses: readonly string[]): Promise<Reverse[]> {
  const found: Reverse[] = [];
  for (const address of addresses) {
    const key = { name: reverseName(type, address), type: "PTR" };
    const zone = await zoneIfThere(client, key);
    if (zone === undefined) {
      log.warn("the server does not have the reverse zone of an address, so its PTR record is not made", { address });
      continue;
    }
    const [stored] = await client.look(zone, [key]);
    if (stored !== undefined) found.push({ zone, stored });
  }
  return found;
}

/** The name of an address's PTR record (RFC 1035, section 3.5, and RFC 3596, section 2.5). */
function reverseName(type: string, address: string): string {
  const octets = [...rdataOf(type, address)].toReversed();
  return type === "A"
    ? `${octets.join(".")}.in-addr.arpa.`
    : `${octets.map((octet) => `${(octet & 0xf).toString(16)}.${(octet >> 4).toString(16)}`).join(".")}.ip6.arpa.`;
}

async function zoneIfThere(client: DnsReader, key: Key): Promise<string | undefined> {
  try {
    return (await client.findZone(key, null)).name;
  } catch (error) {
    if (error instanceof ProviderError && error.code === ("dns.zone.missing" satisfies ErrorCode)) return undefined;
    throw error;
  }
}

/** Whether a reverse record is one that we made for the name, whatever it says by now. */
export const isReverseOf = ({ stored }: Reverse, { name, managedBy }: Target): boolean =>
  markOf(stored)?.managedBy === managedBy && wordOf(stored, reverseOf) === name;

export const isReverse = (stored: Stored): boolean => wordOf(stored, reverseOf) !== undefined;

/** Whether a reverse record is as it is wanted. */
export const isAsWanted = (reverse: Reverse, target: Target): boolean =>
  isReverseOf(reverse, target) &&
  reverse.stored.ttlSeconds === target.ttlSeconds &&
  reverse.stored.values.length === 1 &&
  reverse.stored.values[0] === target.name;

/** The set with its record; throws where the record there is somebody else's. */
function pointedAt({ stored }: Reverse, target: Target): Stored {
  const { name, ttlSeconds, managedBy } = target;
  const mark = markOf(stored);
  const isOurs = mark?.managedBy === managedBy && wordOf(stored, reverseOf) === name;
  if (isThere(stored) && !isOurs && !(target.adopt && mark === undefined)) {
    throw failure(
      `the PTR record at ${textOf(stored.name)} ${mark === undefined ? "bears no mark of a deployment" : `belongs to the deployment ${mark.managedBy}, for ${wordOf(stored, reverseOf) ?? "something else"}`}`,
      "dns.ptr.taken",
      mark === undefined
        ? "If it is to be taken over, set `adopt = true` on this resource; else set `ptr = false`"
        : "An address has one PTR record: set `ptr = true` for one of its names only",
    );
  }
  const isAdopted = isOurs ? mark.adopted === true : isThere(stored);
  const note = noteFor({ managedBy, type: "rrset", ...(isAdopted && { adopted: true }) }, [`${reverseOf}=${name}`]);
  return { ...stored, ttlSeconds, values: [name], note };
}

/** Throws where a reverse record could not be made. */
export function checkReverse(reverses: readonly Reverse[], target: Target): void {
  for (const reverse of reverses) pointedAt(reverse, target);
}

/** Lets the reverse names lead to the target. */
export const pointReverse = (client: DnsWriter, reverses: readonly Reverse[], target: Target): Promise<void> =>
  writeByZone(
    client,
    reverses.filter((reverse) => !isAsWanted(reverse, target)),
    (reverse) => pointedAt(reverse, target),
  );

/** Removes the reverse records that we made for the name, or with `retain` only our marks; what was there before us stays. */
export const removeReverse = (
  client: DnsWriter,
  reverses: readonly Reverse[],
  target: Target,
  retain = false,
): Promise<void> =>
  writeByZone(
    client,
    reverses.filter((reverse) => isReverseOf(reverse, target)),
    ({ stored }) =>
      retain || markOf(stored)?.adopted === true
        ? { ...stored, note: null }
        : { ...stored, ttlSeconds: 0, values: [], note: null },
  );

async function writeByZone(
  client: DnsWriter,
  reverses: readonly Reverse[],
  change: (reverse: Reverse) => Stored,
): Promise<void> {
  for (const zone of new Set(reverses.map((reverse) => reverse.zone))) {
    await client.write(zone, reverses.filter((reverse) => reverse.zone === zone).map(change));
  }
}
