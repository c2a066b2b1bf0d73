import { createHash } from "node:crypto";
import { encodeMark, readMark, type Mark } from "@nixops4-resources/protocol-core";
import { zonePath } from "./api.ts";
import type { PowerdnsZone } from "./zone.ts";

/** PowerDNS reserves metadata kinds that begin with X- for API clients. */
const kind = "X-NIXOPS4";

export const markPath = (zone: string): string => `${zonePath(zone)}/metadata/${kind}`;

export const markBody = (mark: Mark): object => ({ kind, metadata: [encodeMark(mark)] });

/**
 * The account of a half-created zone. The API cannot create a zone together with its metadata, so this account identifies
 * the creating deployment until the mark is written. Most databases limit an account to 40 characters.
 */
export function unfinishedAccount({ managedBy, type }: Mark): string {
  const digest = createHash("sha256").update(encodeMark({ managedBy, type })).digest("hex");
  return `nixops4-${digest.slice(0, 16)}`;
}

/** Whether the zone has an unfinished account and no mark yet. */
export const isHalfCreated = ({ metadata, account }: PowerdnsZone): boolean =>
  !metadata.has(kind) && /^nixops4-[\da-f]{16}$/.test(account);

/** The mark of a zone. For a half-created zone, tells from its account whether the deployment itself created it. */
export function markOf(zone: PowerdnsZone, managedBy: string): Mark | undefined {
  if (!isHalfCreated(zone)) return markIn(zone.metadata);
  const ours = { managedBy, type: "zone" };
  return zone.account === unfinishedAccount(ours)
    ? ours
    : { ...ours, managedBy: "(another deployment, which is creating it)" };
}

/** The mark in a zone's metadata. */
export const markIn = (metadata: ReadonlyMap<string, readonly string[]>): Mark | undefined =>
  readMark(metadata.get(kind)?.join("\n"));
