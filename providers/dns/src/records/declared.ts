import { isWithin } from "@nixops4-resources/dns-client";
import { requireMark, type Mark } from "@nixops4-resources/protocol-core";
import type { DnsReader } from "../client.ts";
import { failure } from "../failure.ts";
import { displayName, nameOf, outside } from "../name.ts";
import { checkCnameRules } from "../record-set/cname-rules.ts";
import { wantedSet, type WantedSet } from "../record-set/record-set.ts";
import { isSameKey, nothingAt, type Key, type Stored } from "../stored.ts";
import type { Wanted } from "./inputs.ts";
import { manifestKey, readManifest, type Manifest } from "./manifest.ts";

/** The declared record sets in canonical form, and the key of their manifest. */
export interface Declared {
  readonly zone: string;
  readonly manifest: Key;
  readonly sets: readonly WantedSet[];
}

export function declare(want: Wanted): Declared {
  const zone = nameOf(want.zone, "zone");
  const sets = want.rrsets.map((given, index) => wantedSet(given, `rrsets[${index}].`));
  for (const [index, set] of sets.entries()) {
    if (!isWithin(set.name, zone)) throw outside(set.name, zone);
    if (sets.findIndex((one) => isSameKey(one, set)) === index) continue;
    const hint = "Put all values of a name and type into one record set";
    throw failure(`${displayName(set.name)} ${set.type} is declared twice`, "dns.value.invalid", hint);
  }
  checkCnameRules(sets);
  return { zone, manifest: manifestKey(want.name, zone), sets };
}

/** Reads the manifest, the declared sets, and the former ones: members in the manifest that are no longer declared. */
export async function lookAtAll(
  client: DnsReader,
  declared: Declared,
): Promise<{ manifest: Manifest | undefined; sets: Stored[]; former: Stored[] }> {
  const [first, ...sets] = await client.look(declared.zone, [declared.manifest, ...declared.sets]);
  const manifest = readManifest(first ?? nothingAt(declared.manifest));
  return { manifest, sets, former: await client.look(declared.zone, undeclared(manifest?.keys ?? [], declared)) };
}

/**
 * Reads again, and throws `MarkChanged` unless the manifest carries the expected mark. With `mayBeGone`, it need not exist:
 * deleting what is gone succeeds. `changesFor` checks each set.
 */
export async function requireManifest(
  client: DnsReader,
  declared: Declared,
  expected: Mark | undefined,
  mayBeGone = false,
): Promise<void> {
  const { manifest } = await lookAtAll(client, declared);
  if (manifest === undefined && mayBeGone) return;
  requireMark(manifest?.mark, expected);
}

/** Keys of members that are no longer declared, from the manifest as last seen. */
export const formerKeys = (client: DnsReader, declared: Declared): Key[] =>
  undeclared(readManifest(client.seen(declared.manifest))?.keys ?? [], declared);

const undeclared = (keys: readonly Key[], { sets }: Declared): Key[] =>
  keys.filter((key) => !sets.some((set) => isSameKey(set, key)));
