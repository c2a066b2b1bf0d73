import { isEqualJson } from "@nixops4-resources/protocol-core";
import { namesIn } from "../attributes.ts";
import { declaredValue as valueFor, parseDeclared, stringsIn } from "../declared.ts";
import type { ApiAttribute } from "../graphql/shapes.ts";
import type { AttributeValue } from "../marks.ts";
import { presentGroups, type Account } from "./account.ts";

/**
 * What a deployment has put at a user to which others may add: it is removed again when it is no longer declared, and what
 * others added stays. Written before what it names, and removed after it, so that nothing is forgotten by a killed process.
 */
export interface Declared {
  /** Names of groups, in lower case. */
  readonly groups: readonly string[];
  /** Names of custom attributes. */
  readonly attributes: readonly string[];
  /** Time of the change by which the password of a disabled user became random. */
  readonly lockedAt?: string;
}

/** What the inputs declare. */
export const declaredBy = (account: Account): Declared => ({
  groups: presentGroups(account).map((name) => name.toLowerCase()),
  attributes: namesIn(account.attributes),
});

/** What the user says; a value that somebody damaged says nothing. */
export function readDeclared(user: { readonly attributes: readonly ApiAttribute[] }): Declared {
  const { groups, attributes, lockedAt } = parseDeclared(user);
  return {
    groups: stringsIn(groups),
    attributes: stringsIn(attributes),
    ...(typeof lockedAt === "string" && { lockedAt }),
  };
}

/** Both together, for the time of a change. */
export const union = (one: Declared, other: Declared): Declared => ({
  ...one,
  groups: [...new Set([...one.groups, ...other.groups])],
  attributes: [...new Set([...one.attributes, ...other.attributes])],
});

export const isSameDeclared = (one: Declared, other: Declared): boolean => isEqualJson(sorted(one), sorted(other));

const sorted = ({ groups, attributes, lockedAt }: Declared): unknown => ({
  groups: groups.toSorted(),
  attributes: attributes.toSorted(),
  lockedAt: lockedAt ?? null,
});

export const declaredValue = (declared: Declared): AttributeValue => valueFor(declared);
