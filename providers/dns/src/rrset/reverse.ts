import { rdataOf } from "@nixops4-resources/dns-client";
import { ProviderError } from "@nixops4-resources/protocol-core";
import type { DnsReader, DnsWriter } from "../client.ts";
import type { ErrorCode } from "../errors.ts";
import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import { detailOf, markOf, noteFor } from "../note/note.ts";
import { isPresent, nothingAt, type Key, type Stored } from "../stored.ts";
import { writeOnce } from "../until-settled.ts";

/** The note's detail for addresses with PTR records of ours. */
export const hasReverse = "ptr";

/** The detail in the note of a PTR record that contains the name it points to. */
const reverseOf = "ptr-of";

/** The PTR record set of an address, and its zone. */
export interface Reverse {
  readonly zone: string;
  readonly stored: Stored;
}

/** The name that PTR records should point to, and its owner. */
export interface Target {
  readonly name: string;
  readonly ttlSeconds: number;
  readonly managedBy: string;
  readonly adopt: boolean;
}

/**
 * Reads the PTR records of addresses. Skips addresses whose reverse zone is not on the server, with a warning if the address
 * is among the declared ones.
 */
export async function lookAtReverse(
  client: DnsReader,
  type: string,
  addresses: readonly string[],
  declared: readonly string[],
): Promise<Reverse[]> {
  const found: Reverse[] = [];
  for (const address of addresses) {
    const reverse = await followAliases(client, reverseName(type, address));
    if ("stored" in reverse) found.push(reverse);
    else if (declared.includes(address)) {
      client.warnOnce(
        "an address gets no PTR record, since the server does not have the zone of its reverse name: create the record there, or set `ptr = false`",
        { address, name: displayName(reverse.missing) },
      );
    }
  }
  return found;
}

/** The longest chain of aliases that BIND follows. */
const maxAliases = 16;

/**
 * The PTR records at a reverse name, or at the name that it is an alias of: network operators delegate parts of a reverse
 * zone by CNAME records (RFC 2317). If that name is in no zone of the server, or the aliases form a loop, the name.
 */
async function followAliases(client: DnsReader, first: string): Promise<Reverse | { missing: string }> {
  let name = first;
  for (let followed = 0; followed < maxAliases; followed++) {
    const key = { name, type: "PTR" };
    const zone = await zoneIfPresent(client, key);
    if (zone === undefined) break;
    const [stored = nothingAt(key), alias] = await client.look(zone, [key, { name, type: "CNAME" }]);
    const [target] = alias?.values ?? [];
    if (target === undefined) return { zone, stored };
    name = target;
  }
  return { missing: name };
}

/** The name of an address's PTR record (RFC 1035, section 3.5, and RFC 3596, section 2.5). */
function reverseName(type: string, address: string): string {
  const octets = [...rdataOf(type, address)].toReversed();
  return type === "A"
    ? `${octets.join(".")}.in-addr.arpa.`
    : `${octets.map((octet) => `${(octet & 0xf).toString(16)}.${(octet >> 4).toString(16)}`).join(".")}.ip6.arpa.`;
}

async function zoneIfPresent(client: DnsReader, key: Key): Promise<string | undefined> {
  try {
    return (await client.findZone(key, null)).name;
  } catch (error) {
    if (error instanceof ProviderError && error.code === ("dns.zone.missing" satisfies ErrorCode)) return undefined;
    throw error;
  }
}

/** Whether we created the PTR record for the name, whatever its current value. */
export const isReverseOf = ({ stored }: Reverse, { name, managedBy }: Target): boolean =>
  markOf(stored)?.managedBy === managedBy && detailOf(stored, reverseOf) === name;

/** Whether the set is a PTR record that `ptr` of an address created. */
export const isReverse = (stored: Stored): boolean => detailOf(stored, reverseOf) !== undefined;

/** Whether the PTR record is ours and has the wanted value and TTL. */
export const isAsWanted = (reverse: Reverse, target: Target): boolean =>
  isReverseOf(reverse, target) &&
  reverse.stored.ttlSeconds === target.ttlSeconds &&
  reverse.stored.values.length === 1 &&
  reverse.stored.values[0] === target.name;

/** The wanted PTR record set. Throws if the existing one belongs to another owner. */
function pointedAt({ stored }: Reverse, target: Target): Stored {
  const { name, ttlSeconds, managedBy } = target;
  const mark = markOf(stored);
  const isOurs = mark?.managedBy === managedBy && detailOf(stored, reverseOf) === name;
  if (isPresent(stored) && !isOurs && !(target.adopt && mark === undefined)) {
    throw failure(
      `the PTR record at ${displayName(stored.name)} ${mark === undefined ? "has no mark of a deployment" : `belongs to the deployment ${mark.managedBy}, for ${detailOf(stored, reverseOf) ?? "another resource"}`}`,
      "dns.ptr.taken",
      mark === undefined
        ? "Set `adopt = true` on this resource to take it over, or `ptr = false`"
        : "Set `ptr = true` for one name of an address only",
    );
  }
  const isAdopted = isOurs ? mark.adopted === true : isPresent(stored);
  const note = noteFor({ managedBy, type: "rrset", ...(isAdopted && { adopted: true }) }, [`${reverseOf}=${name}`]);
  return { ...stored, ttlSeconds, values: [name], note };
}

/** Throws if a PTR record belongs to another owner. */
export function checkReverse(reverses: readonly Reverse[], target: Target): void {
  for (const reverse of reverses) pointedAt(reverse, target);
}

/** Creates or corrects the PTR records. */
export const pointReverse = (client: DnsWriter, reverses: readonly Reverse[], target: Target): Promise<void> =>
  writeByZone(
    client,
    reverses.filter((reverse) => !isAsWanted(reverse, target)),
    (reverse) => pointedAt(reverse, target),
  );

/** Removes the PTR records that we created for the name. Keeps adopted ones, and with `retain` all; removes their notes. */
export const removeReverse = (
  client: DnsWriter,
  reverses: readonly Reverse[],
  target: Target,
  retain = false,
): Promise<void> =>
  writeByZone(
    client,
    reverses.filter((reverse) => isReverseOf(reverse, target)),
    ({ stored }) => (retain || markOf(stored)?.adopted === true ? { ...stored, note: null } : nothingAt(stored)),
  );

async function writeByZone(
  client: DnsWriter,
  reverses: readonly Reverse[],
  change: (reverse: Reverse) => Stored,
): Promise<void> {
  for (const zone of new Set(reverses.map((reverse) => reverse.zone))) {
    await writeOnce(client, zone, reverses.filter((reverse) => reverse.zone === zone).map(change));
  }
}
