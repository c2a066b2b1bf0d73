import { createHash } from "node:crypto";
import { encodeMark, MarkChanged, readMark, requireMark, type Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { zonePath, type PowerdnsReader, type PowerdnsWriter } from "./api.ts";
import { unexpected } from "./failure.ts";
import { listedZone, metadataOf, unlessMissing, type PowerdnsZone } from "./zone.ts";

/** PowerDNS reserves metadata kinds that begin with X- for API clients. */
const kind = "X-NIXOPS4";

const apiKind = z.object({ kind: z.string(), metadata: z.array(z.string()) });

/** Writes the mark, or removes it. The server repeats what it stored, so that nothing else can pass for its answer. */
export const writeMark = (client: PowerdnsWriter, zone: string, mark: Mark | undefined): Promise<void> =>
  writeMetadata(client, zone, kind, mark === undefined ? [] : [encodeMark(mark)]);

export async function writeMetadata(
  client: PowerdnsWriter,
  zone: string,
  of: string,
  metadata: readonly string[],
): Promise<void> {
  const stored = await client.writeFor("PUT", `${zonePath(zone)}/metadata/${of}`, { kind: of, metadata }, apiKind);
  if (stored.kind === of && stored.metadata.toSorted().join("\n") === metadata.toSorted().join("\n")) return;
  throw unexpected(client.url, `does not store the metadata ${of} as it was sent`);
}

/**
 * Throws `MarkChanged` unless the zone carries the expected mark now. Call it last before a write, under the zone's lock:
 * the API has no condition for a write, so a writer on another machine remains possible in between.
 */
export async function requireMarkNow(
  client: PowerdnsReader,
  zone: string,
  managedBy: string,
  expected: Mark | undefined,
): Promise<void> {
  const metadata = await unlessMissing(client, zone, () => metadataOf(client, zone));
  if (metadata === undefined) throw new MarkChanged();
  if (metadata.has(kind)) {
    requireMark(markIn(metadata), expected);
    return;
  }
  const listed = await listedZone(client, zone);
  if (listed === undefined) throw new MarkChanged();
  requireMark(markOf({ metadata, account: listed.account }, managedBy), expected);
}

/**
 * The account of a half-created zone. The API cannot create a zone together with its metadata, so this account identifies
 * the creating deployment until the mark is written. Most databases limit an account to 40 characters.
 */
export function unfinishedAccount({ managedBy, type }: Mark): string {
  const digest = createHash("sha256").update(encodeMark({ managedBy, type })).digest("hex");
  return `nixops4-${digest.slice(0, 16)}`;
}

type Marked = Pick<PowerdnsZone, "metadata" | "account">;

/** Whether the zone has an unfinished account and no mark yet. */
export const isHalfCreated = ({ metadata, account }: Marked): boolean =>
  !metadata.has(kind) && /^nixops4-[\da-f]{16}$/.test(account);

/** The mark of a zone. For a half-created zone, tells from its account whether the deployment itself created it. */
export function markOf(zone: Marked, managedBy: string): Mark | undefined {
  if (!isHalfCreated(zone)) return markIn(zone.metadata);
  const ours = { managedBy, type: "zone" };
  return zone.account === unfinishedAccount(ours)
    ? ours
    : { ...ours, managedBy: "(another deployment, which is creating it)" };
}

/** The mark in a zone's metadata. */
export const markIn = (metadata: ReadonlyMap<string, readonly string[]>): Mark | undefined =>
  readMark(metadata.get(kind)?.join("\n"));
