import type { Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import { nameOf } from "../name.ts";
import { noteFor } from "../note/note.ts";
import { checkCnameRules } from "../record-set/cname-rules.ts";
import { wantedSet, type WantedSet } from "../record-set/record-set.ts";
import type { Key } from "../stored.ts";
import type { Wanted } from "./inputs.ts";
import { hasReverse, type Target } from "./reverse.ts";

export function wantedOf(want: Wanted): WantedSet {
  const wanted = wantedSet(want);
  checkCnameRules([wanted]);
  checkSharing(want, wanted);
  if (!want.ptr || isAddress(wanted)) return wanted;
  const hint = "Set `ptr = true` on the A and AAAA records of the name instead";
  throw failure(`\`ptr\` is for A and AAAA, not for ${wanted.type}`, "dns.value.invalid", hint);
}

function checkSharing({ shared }: Wanted, { type }: WantedSet): void {
  if (!shared || (type !== "CNAME" && type !== "DNAME")) return;
  const hint = "Remove `shared`";
  throw failure(`\`shared\` is not for ${type}, of which a name has only one record`, "dns.value.invalid", hint);
}

/** Throws if a new set has a part but is not shared. For an existing one, `part` is immutable. */
export function checkPart({ shared, part }: Wanted): void {
  if (part === null || shared) return;
  const hint = "Set `shared = true`, or remove `part`";
  throw failure("`part` names values of a shared set, and `shared` is false", "dns.value.invalid", hint);
}

export const isAddress = ({ type }: Key): boolean => type === "A" || type === "AAAA";

/** The addresses that should have a PTR record. */
export const declaredReverse = ({ ptr }: Wanted, { values }: WantedSet): readonly string[] => (ptr ? values : []);

export const zoneOf = ({ zone }: Wanted): string | null => (zone === null ? null : nameOf(zone, "zone"));

export const noteOf = ({ ptr }: Wanted, mark: Mark): string => noteFor(mark, ptr ? [hasReverse] : []);

export const targetOf = ({ managedBy, adopt }: Wanted, { name, ttlSeconds }: WantedSet): Target => ({
  name,
  ttlSeconds,
  managedBy,
  adopt,
});
