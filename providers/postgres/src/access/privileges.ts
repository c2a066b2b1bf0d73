import { option, ProviderError } from "@nixops4-resources/protocol-core";
import { objectName } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import { Rights, type Right } from "./rights.ts";

/** All roles, including future ones. The input is rejected in lower case, which no role can have as its name. */
export const everyone = "PUBLIC";

/** Every privilege of any kind of object. The server says which of them a kind has. */
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
      "Privileges of the grantee, as SQL keywords. `ALL` means every privilege that the server has for this kind of object.",
    ),
    grantable: option(z.array(privilege), "Those of `privileges` that the role can grant to others.", []),
  })
  .check(
    z.refine(
      ({ privileges, grantable }) => privileges.includes("ALL") || grantable.every((one) => privileges.includes(one)),
      { path: ["grantable"], message: "a subset of `privileges`" },
    ),
  );

/** Privileges by grantee: the name of a role, or `PUBLIC` for everyone. */
export const grants = z.record(objectName, access).check(
  z.refine((all) => !Object.hasOwn(all, "public"), "written with `PUBLIC` in capitals to mean everyone"),
  z.refine(
    (all) => (all[everyone]?.grantable ?? []).length === 0,
    "without `grantable` for PUBLIC: only a role can grant privileges to others",
  ),
);

export type Grants = z.output<typeof grants>;
type Access = Grants[string];

/** The rights that the input declares. `all` are the privileges that the server has for this kind of object. */
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

/** Rights in the shape of the input. If a grantee has exactly the wanted rights, its wanted spelling is returned. */
export function grantsOf(rights: Rights, wanted: Grants, all: readonly string[]): Record<string, Access> {
  const describe = (grantee: string): Access => {
    const own = rights.filter((right) => right.grantee === grantee);
    const declared = wanted[grantee];
    if (declared !== undefined && own.equals(rightsOf({ [grantee]: declared }, all))) return declared;
    return {
      privileges: namesOf(own.filter(({ isOption }) => !isOption)),
      grantable: namesOf(own.filter(({ isOption }) => isOption)),
    };
  };
  const grantees = new Set([...rights].map(({ grantee }) => grantee));
  return Object.fromEntries([...grantees].sort().map((grantee) => [grantee, describe(grantee)]));
}

/** The grants that `read` returned. */
export const seenGrants = ({ inputs }: { inputs: { grants?: Grants | symbol } }): Grants =>
  typeof inputs.grants === "object" ? inputs.grants : {};

/** Rejects a privilege that the server does not have for this kind of object. */
export function checkPrivileges(granted: Grants, all: readonly string[]): void {
  const named = Object.values(granted).flatMap(({ privileges, grantable }) => [...privileges, ...grantable]);
  const unknown = named.find((name) => name !== "ALL" && !all.includes(name));
  if (unknown === undefined) return;
  throw new ProviderError<ErrorCode>(`the server has no privilege ${unknown} for this kind of object`, {
    code: "postgres.grant.privilege",
    hint: `Use ALL, or one of ${all.join(", ")}`,
  });
}
