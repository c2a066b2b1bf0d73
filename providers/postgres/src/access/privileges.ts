import { option, ProviderError } from "@nixops4-resources/protocol-core";
import { objectName } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import { Rights, type Right } from "./rights.ts";

/** Everybody, also roles that are made later. No role can have this name in small letters, and it is not offered so. */
export const everyone = "PUBLIC";

/** Every privilege of every kind of object; which of them a kind has, the server says. */
const privilege = z.enum([
  "ALL",
  "CONNECT",
  "CREATE",
  "DELETE",
  "EXECUTE",
  "INSERT",
  "MAINTAIN",
  "REFERENCES",
  "SELECT",
  "TEMPORARY",
  "TRIGGER",
  "TRUNCATE",
  "UPDATE",
  "USAGE",
]);

const access = z
  .strictObject({
    privileges: option(
      z.array(privilege).check(z.minLength(1)),
      "What the role may do, in SQL's words; `ALL` is every privilege that the server has for this kind of object.",
    ),
    grantable: option(z.array(privilege), "Which of these privileges the role may pass on to others.", []),
  })
  .check(
    z.refine(
      ({ privileges, grantable }) => privileges.includes("ALL") || grantable.every((one) => privileges.includes(one)),
      { path: ["grantable"], message: "some of the `privileges`" },
    ),
  );

/** Who may do what: role names, or `PUBLIC` for everyone. */
export const grants = z.record(objectName, access).check(
  z.refine((all) => !Object.hasOwn(all, "public"), "written with `PUBLIC` in capitals where everyone is meant"),
  z.refine(
    (all) => (all[everyone]?.grantable ?? []).length === 0,
    "without `grantable` for PUBLIC: only a role can pass on",
  ),
);

export type Grants = z.output<typeof grants>;
type Access = Grants[string];

/** The rights that `granted` declares. `all` are the privileges of this kind of object on this server. */
export function rightsOf(granted: Grants, all: readonly string[]): Rights {
  const expand = (names: readonly string[]): readonly string[] => (names.includes("ALL") ? all : names);
  return new Rights(
    Object.entries(granted).flatMap(([grantee, { privileges, grantable }]): Right[] => [
      ...expand(privileges).map((name) => ({ grantee, privilege: name, isOption: false })),
      ...expand(grantable).map((name) => ({ grantee, privilege: name, isOption: true })),
    ]),
  );
}

const namesOf = (rights: Rights): Access["privileges"] =>
  [...rights].flatMap(({ privilege: name }) => privilege.safeParse(name).data ?? []).sort();

/** Rights in the shape of the input; where they are what was wanted of a grantee, in the words that were used. */
export function grantsOf(rights: Rights, wanted: Grants, all: readonly string[]): Record<string, Access> {
  const describe = (grantee: string): Access => {
    const own = rights.filter((right) => right.grantee === grantee);
    const used = wanted[grantee];
    if (used !== undefined && own.equals(rightsOf({ [grantee]: used }, all))) return used;
    return {
      privileges: namesOf(own.filter(({ isOption }) => !isOption)),
      grantable: namesOf(own.filter(({ isOption }) => isOption)),
    };
  };
  const grantees = new Set([...rights].map(({ grantee }) => grantee));
  return Object.fromEntries([...grantees].sort().map((grantee) => [grantee, describe(grantee)]));
}

/** What `read` saw of the input. */
export const seenGrants = ({ inputs }: { inputs: { grants?: Grants | symbol } }): Grants =>
  typeof inputs.grants === "object" ? inputs.grants : {};

/** Refuses a privilege that the kind of object does not have. */
export function checkPrivileges(granted: Grants, all: readonly string[]): void {
  const named = Object.values(granted).flatMap(({ privileges, grantable }) => [...privileges, ...grantable]);
  const unknown = named.find((name) => name !== "ALL" && !all.includes(name));
  if (unknown === undefined) return;
  throw new ProviderError<ErrorCode>(`${unknown} is no privilege of this kind of object on this server`, {
    code: "postgres.grant.privilege",
    hint: `Choose from ${all.join(", ")}, or write ALL`,
  });
}
