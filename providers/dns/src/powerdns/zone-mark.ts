import { createHash } from "node:crypto";
import { encodeMark, readMark, type Mark } from "@nixops4-resources/protocol-core";
import { zonePath } from "./api.ts";
import type { PowerdnsZone } from "./zone.ts";

/** The API keeps metadata of its own users under names that begin with X-. */
const kind = "X-NIXOPS4";

/** Where the mark of a zone is. */
export const markPath = (zone: string): string => `${zonePath(zone)}/metadata/${kind}`;

export const markBody = (mark: Mark): object => ({ kind, metadata: [encodeMark(mark)] });

/**
 * A zone is made without metadata, so it is born with this as its account, which the mark replaces: whoever is killed in
 * between finds what he made. 40 characters is all that an account may have in most databases.
 */
export function birthMark({ managedBy, type }: Mark): string {
  const digest = createHash("sha256").update(encodeMark({ managedBy, type })).digest("hex");
  return `nixops4-${digest.slice(0, 16)}`;
}

/** Whether it has no mark but its account. */
export const isNewborn = ({ metadata, account }: PowerdnsZone): boolean =>
  !metadata.has(kind) && /^nixops4-[\da-f]{16}$/.test(account);

/** The mark of a zone; a deployment knows its own where the zone was only just born. */
export function markOf(zone: PowerdnsZone, managedBy: string): Mark | undefined {
  if (!isNewborn(zone)) return markIn(zone.metadata);
  const ours = { managedBy, type: "zone" };
  return zone.account === birthMark(ours) ? ours : { ...ours, managedBy: "(another deployment, which is making it)" };
}

/** The mark in a zone's metadata, for a list. */
export const markIn = (metadata: ReadonlyMap<string, readonly string[]>): Mark | undefined =>
  readMark(metadata.get(kind)?.join("\n"));
