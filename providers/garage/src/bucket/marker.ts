// A bucket of Garage has no field for a mark, so one of its global aliases is the mark (docs/adr/012-garage-buckets.md).
import { createHash } from "node:crypto";
import type { Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";

/** What a marker says: the deployment created the bucket, adopted it, is deleting it, or is about to take it over. */
export type Role = "created" | "adopted" | "deleting" | "taking";

const letters = { created: "c", adopted: "a", deleting: "d", taking: "t" } as const;
const roles: Readonly<Record<string, Role>> = { c: "created", a: "adopted", d: "deleting", t: "taking" };

/** An alias that is a mark, in its parts. */
export interface Marker {
  readonly alias: string;
  /** The deployment as it stands in the alias. */
  readonly owner: string;
  readonly role: Role;
  /** 16 hexadecimal digits of deployment and name, which tell two resources of one deployment apart. */
  readonly identity: string;
}

/** Inputs on which the meaning of a bucket's markers depends. */
export interface Viewer {
  readonly name: string;
  readonly managedBy: string;
  readonly adopt: boolean;
  readonly adoptFrom: string | null;
}

const pattern = /^nixops4\.(.+)\.([acdt])([0-9a-f]{16})$/;

/** `nixops4.<managedBy>.<role><identity>`, at most 63 characters. */
export function markerOf({ managedBy, name }: Pick<Viewer, "managedBy" | "name">, role: Role): string {
  return `nixops4.${ownerOf(managedBy)}.${letters[role]}${identityOf(managedBy, name)}`;
}

/** The markers among the aliases of a bucket. */
export const markersIn = (aliases: readonly string[]): Marker[] =>
  aliases.flatMap((alias) => {
    const [, owner, letter, identity] = pattern.exec(alias) ?? [];
    const role = roles[letter ?? ""];
    return owner === undefined || identity === undefined || role === undefined
      ? []
      : [{ alias, owner, role, identity }];
  });

/** The other global aliases of a bucket. */
export const namesIn = (aliases: readonly string[]): string[] => aliases.filter((alias) => !pattern.test(alias));

/** A deployment's name in an alias. One that is too long for it, or has other characters, is there as its hash. */
export const ownerOf = (managedBy: string): string =>
  /^[a-z0-9]([a-z0-9-]{0,35}[a-z0-9])?$/.test(managedBy) && !/^hash-[0-9a-f]{24}$/.test(managedBy)
    ? managedBy
    : `hash-${hash(managedBy).slice(0, 24)}`;

export const identityOf = (managedBy: string, name: string): string =>
  hash(JSON.stringify([managedBy, name])).slice(0, 16);

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Whether our deletion of the bucket has begun and is not finished. */
export const isBeingDeleted = (aliases: readonly string[], { managedBy }: Viewer): boolean =>
  markersIn(aliases).some(({ owner, role }) => owner === ownerOf(managedBy) && role === "deleting");

/**
 * The mark of a bucket with these aliases; undefined if it has none. A marker of role `taking` counts only where no other
 * marker is left: then the takeover was interrupted after its decisive step. Throws if the markers contradict each other.
 */
export function markIn(aliases: readonly string[], viewer: Viewer): Mark | undefined {
  const markers = markersIn(aliases);
  const settled = markers.filter(({ role }) => role !== "taking");
  const owners = new Set((settled.length > 0 ? settled : markers).map(({ owner }) => owner));
  const { managedBy, adopt, adoptFrom } = viewer;
  const own = ownerOf(managedBy);
  const isTaking = markers.some((marker) => marker.owner === own && marker.role === "taking");
  const isOnlyOurs = owners.size === 1 && owners.has(own);
  // Our own takeover was interrupted: show what it began with, so that it is continued.
  if (isOnlyOurs && isTaking && adoptFrom !== null) return { managedBy: adoptFrom, type: "bucket" };
  if (isOnlyOurs && isTaking && adopt) return undefined;
  if (owners.size > 1) throw disputed([...owners]);
  const [owner] = owners;
  if (owner === undefined) return undefined;
  const known = [managedBy, adoptFrom ?? managedBy].find((name) => ownerOf(name) === owner);
  const isDeleting = settled.some(({ role }) => role === "deleting");
  const isAdopted = !settled.some(({ role }) => role === "created");
  return {
    managedBy: known ?? owner,
    type: "bucket",
    ...(isAdopted && !isDeleting && { adopted: true }),
    ...(isDeleting && { more: { deleting: true } }),
  };
}

const disputed = (owners: readonly string[]): Error =>
  failure(
    `it carries the marks of several deployments: ${owners.toSorted().join(", ")}`,
    "garage.mark.disputed",
    "Find out which deployment manages the bucket, and remove the aliases `nixops4.…` of the others with `garage bucket unalias`",
  );
