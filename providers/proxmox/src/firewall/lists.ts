// Lists of a VM's firewall. Each has a digest of its own.
import * as z from "zod/mini";
import { isRejected } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { pathOf, type Place } from "../vm/config/guest-config.ts";

const apiRow = z.record(z.string(), z.unknown());
const apiRows = z.array(apiRow);

/** A row as text by Proxmox's names, without the digest. */
export type Properties = ReadonlyMap<string, string>;

export interface List {
  readonly rows: readonly Properties[];
  /** Undefined for an empty list, which shows none. */
  readonly digest: string | undefined;
}

/** The path below which the firewall of a VM is. */
export const firewallOf = (place: Place): string => `${pathOf(place)}/firewall`;

export async function readList(client: ProxmoxReader, place: Place, path: string): Promise<List> {
  const rows = (await client.get(`${firewallOf(place)}${path}`, apiRows)).map(textsIn);
  return { rows: rows.map(withoutDigest), digest: rows[0]?.get("digest") };
}

/** The options that are set, as a list with one row. */
export async function readOptions(client: ProxmoxReader, place: Place): Promise<List> {
  const row = textsIn(await client.get(`${firewallOf(place)}/options`, apiRow));
  return { rows: [withoutDigest(row)], digest: row.get("digest") };
}

const textsIn = (row: Readonly<Record<string, unknown>>): Properties =>
  new Map(
    Object.entries(row).flatMap(([name, value]) => {
      if (typeof value === "string") return [[name, value]];
      return typeof value === "number" || typeof value === "boolean" ? [[name, String(Number(value))]] : [];
    }),
  );

const withoutDigest = (row: Properties): Properties => new Map([...row].filter(([name]) => name !== "digest"));

/** Source: PVE::Tools::assert_if_modified of pve-common. */
const otherDigest = "detected modified configuration";

/** A write is sent again this often in a row if somebody else has changed the list since it was read. */
const tries = 5;

/**
 * Reads a list and makes the next write to it, until no more is needed. Each write follows a look of its own, whose digest it
 * sends. `first` is a look that was made already; `isOne` says that one write is enough.
 */
export async function stepByStep<T extends { readonly digest: string | undefined }>(
  look: () => Promise<T>,
  next: (seen: T) => (() => Promise<void>) | undefined,
  { first, isOne = false }: { readonly first?: T | undefined; readonly isOne?: boolean } = {},
): Promise<void> {
  let refused = 0;
  let written: string | undefined;
  for (let seen = first ?? (await look()); ; seen = await look()) {
    const write = next(seen);
    // A write without effect is not repeated: the look after the request reports it.
    if (write === undefined || (written !== undefined && written === seen.digest)) return;
    try {
      await write();
      if (isOne) return;
      [refused, written] = [0, seen.digest];
    } catch (error) {
      refused++;
      if (!isRejected(error) || !error.words.includes(otherDigest) || refused === tries) throw error;
    }
  }
}
