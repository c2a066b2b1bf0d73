import { readMark, type Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import { detailsOf, detailOf, markOf, noteFor } from "../note/note.ts";
import { hashOf, isSharedNote, noteOfLines, ownerLinesOf, ownersOf, type OwnerLine } from "../note/owner-line.ts";
import type { Stored } from "../stored.ts";
import type { Ownership } from "./ownership.ts";
import { hasReverse } from "./reverse.ts";

/** A resource that owns some values of a shared set. */
export interface Owner {
  readonly managedBy: string;
  readonly part: string | null;
  /** The declared values. */
  readonly values: readonly string[];
  /** Values that the resource declared before. Without a `part`, nothing in the set tells that they are its own. */
  readonly former: readonly string[];
}

/** The owner's lines in a set, and the records that belong to them. */
interface Claim {
  readonly lines: readonly OwnerLine[];
  readonly own: Stored;
}

/** Ownership of single values in a shared set (docs/adr/008-dns-ownership-and-updates.md). */
export const valuesOf = (owner: Owner): Ownership => ({
  ownIn: (stored) => claimIn(stored, owner).own,

  replacedIn(stored, own) {
    const { lines: claimed, own: present } = claimIn(stored, owner);
    const kept = stored.values.filter((value) => !present.values.includes(value));
    const values = [...new Set([...kept, ...own.values])].sort();
    if (own.values.length > 0 && kept.length > 0) {
      refuseTaken(
        stored,
        owner,
        own.values.filter((value) => kept.includes(value)),
      );
      if (own.ttlSeconds !== stored.ttlSeconds) throw otherTtl(stored, own.ttlSeconds);
    }
    const keptLines = ownerLinesOf(stored.note).filter((line) => !claimed.some((one) => one.value === line.value));
    return {
      ...stored,
      ttlSeconds: values.length === 0 ? 0 : own.values.length > 0 ? own.ttlSeconds : stored.ttlSeconds,
      values,
      note: noteOfLines([...keptLines, ...linesFor(own, owner)]),
    };
  },
});

/**
 * In this order: values of another deployment, which the resource may take over together with its own; its own values; values
 * without an owner.
 */
function claimIn(stored: Stored, owner: Owner): Claim {
  refuseWhole(stored, owner);
  const lines = ownerLinesOf(stored.note);
  const declared = new Set(owner.values.map(hashOf));
  const former = new Set(owner.former.map(hashOf));
  const isOurs = ({ mark, part, value }: OwnerLine): boolean =>
    mark.managedBy === owner.managedBy &&
    part === owner.part &&
    (part !== null || declared.has(value) || former.has(value));
  const ours = lines.filter(isOurs);
  const others = lines.filter((line) => declared.has(line.value) && !isOurs(line));
  const sibling = others.find(({ mark }) => mark.managedBy === owner.managedBy);
  if (sibling !== undefined) throw ofSibling(stored, owner, sibling);
  const [foreign] = others;
  const theirs = others.filter(({ mark }) => mark.managedBy === foreign?.mark.managedBy);
  const claimed = [...theirs, ...ours];
  if (claimed.length === 0) {
    const values = stored.values.filter((value) => owner.values.includes(value));
    return { lines: [], own: ownSet(stored, values, null) };
  }
  const hashes = new Set(claimed.map(({ value }) => value));
  const values = stored.values.filter((value) => hashes.has(hashOf(value)));
  return { lines: claimed, own: ownSet(stored, values, noteOfClaim(claimed)) };
}

const ownSet = (stored: Stored, values: readonly string[], note: string | null): Stored => ({
  ...stored,
  ttlSeconds: values.length === 0 ? 0 : stored.ttlSeconds,
  values,
  note,
});

/** The lines as the note of a set with one owner. */
function noteOfClaim([first, ...others]: readonly OwnerLine[]): string | null {
  if (first === undefined) return null;
  const isReversed = [first, ...others].some((line) => line.hasReverse);
  return noteFor(first.mark, isReversed ? [hasReverse] : []);
}

/** A line for each value that the resource then owns; none if it gives them up. */
function linesFor(own: Stored, { part }: Owner): OwnerLine[] {
  const mark = readMark(own.note);
  if (mark === undefined) return [];
  const isReversed = detailsOf(own).includes(hasReverse);
  return own.values.map((value) => ({ mark, part, value: hashOf(value), hasReverse: isReversed }));
}

/** A set whose mark covers all of its values cannot be shared. */
function refuseWhole(stored: Stored, { managedBy }: Owner): void {
  const mark = markOf(stored);
  if (mark === undefined || isSharedNote(stored.note)) return;
  const records = detailOf(stored, "records");
  const holder = records === undefined ? `an \`${mark.type}\` without \`shared\`` : `the records ${records}`;
  const where = `${displayName(stored.name)} ${stored.type}`;
  throw failure(
    `${where} belongs as a whole to ${holder} of the deployment ${mark.managedBy}, and this resource of the deployment ${managedBy} shares the set`,
    "dns.rrset.shared",
    'Destroy the other resource with `deletion = "retain"`, then declare its values with `shared = true` and `adopt = true`',
  );
}

function ofSibling(stored: Stored, { managedBy }: Owner, { part }: OwnerLine): Error {
  return failure(
    `a value of ${displayName(stored.name)} ${stored.type} belongs to ${part === null ? "a resource without a `part`" : `the part ${part}`} of this deployment (${managedBy})`,
    "dns.rrset.taken",
    "Declare the value in one resource only",
  );
}

/** Values that exist in the set, and that the resource neither owns nor takes over. */
function refuseTaken(stored: Stored, owner: Owner, taken: readonly string[]): void {
  const [value] = taken;
  if (value === undefined) return;
  throw failure(
    `the value ${value} of ${displayName(stored.name)} ${stored.type} exists and has no mark of a deployment`,
    "dns.rrset.taken",
    `Declare it in a resource of its own with \`shared = true\`, \`adopt = true\` and ${owner.part === null ? "a `part`" : "another `part`"}, or delete it`,
  );
}

const otherTtl = ({ name, type, ttlSeconds, note }: Stored, wanted: number): Error =>
  failure(
    `${displayName(name)} ${type} has a TTL of ${ttlSeconds} s and ${note === null ? "values without a mark" : `values of ${ownersOf(note)}`}, not ${wanted} s; all records of a set have one TTL (RFC 2181, section 5.2)`,
    "dns.shared.ttl",
    `Set \`ttlSeconds = ${ttlSeconds}\`; to change the TTL, change it at the server, then in all resources that share the set`,
  );

/** The resources of a deployment that share a set: their parts, marks and values. */
export function sharesIn(
  { note, values }: Stored,
  managedBy: string,
): { part: string | null; mark: Mark; values: string[] }[] {
  const lines = ownerLinesOf(note).filter(({ mark }) => mark.managedBy === managedBy);
  return [...new Set(lines.map(({ part }) => part))].flatMap((part) => {
    const own = lines.filter((line) => line.part === part);
    const hashes = new Set(own.map(({ value }) => value));
    const [first] = own;
    return first === undefined
      ? []
      : { part, mark: first.mark, values: values.filter((one) => hashes.has(hashOf(one))) };
  });
}
