import { sql, type Sql } from "@nixops4-resources/protocol-postgres";
import { roleToActAs } from "../act-as.ts";
import { everyone } from "./privileges.ts";
import { Rights, type Right } from "./rights.ts";

/** One entry of an access control list. */
export interface Entry {
  /** Name of a role, or PUBLIC. */
  grantee: string;
  /** Role that granted the privilege. Only this role can revoke it. */
  grantor: string;
  privilege: string;
  grantable: boolean;
}

/** An access control list with its context, as selected by `accessColumns`. */
export interface AccessRow {
  owner: string;
  /** Every privilege that the server has for this kind of object. */
  privileges: string[];
  entries: Entry[];
  /** See `roleToActAs`. */
  actAs: string | null;
  /** Entries of the columns, if the object is a table. Revoking a privilege on the table revokes it there too. */
  columnEntries?: ColumnEntry[];
}

/** The access control list of one object, or of future objects. */
export interface AccessList extends Required<AccessRow> {
  /** Rights that are never revoked: others manage them. */
  spared: Rights;
  /** Rights of all grantees, from any grantor. */
  rights: Rights;
  target: Target;
}

/** The parts of GRANT and REVOKE that name the object. */
export interface Target {
  /** SQL after ON, such as `table "public"."orders"`. */
  on: Sql;
  /** SQL before GRANT or REVOKE. */
  prefix?: Sql;
  /** SQL of the column, after each privilege, if the list belongs to one column of a table. */
  column?: Sql;
}

/** An entry of one column of a table. */
interface ColumnEntry extends Entry {
  /** The column's name, quoted. */
  column: string;
}

/**
 * Columns of an AccessRow. `kind` is acldefault's letter. `acl` is null if the list was never changed; `untouched`
 * applies then. https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-ACLITEM
 */
export function accessColumns({ kind, owner, acl, untouched = acldefault(kind, owner) }: AccessSource): Sql {
  return sql`
  pg_get_userbyid(${owner}) as owner,
  array(
    select privilege_type from aclexplode(${acldefault(kind, owner)}) where grantee = ${owner} order by 1
  ) as privileges,
  (
    select coalesce(json_agg(json_build_object(${entryFields})), '[]')
    from aclexplode(coalesce(${acl}, ${untouched}))
  ) as entries,
  ${roleToActAs(owner)} as "actAs"`;
}

/** Arguments of json_build_object that yield an Entry, for a row of aclexplode. */
export const entryFields = sql`
      'grantee', case when grantee = 0 then ${everyone} else pg_get_userbyid(grantee) end,
      'grantor', pg_get_userbyid(grantor),
      'privilege', privilege_type,
      'grantable', is_grantable`;

interface AccessSource {
  kind: string;
  /** An oid. */
  owner: Sql;
  acl: Sql;
  untouched?: Sql;
}

const acldefault = (kind: string, owner: Sql): Sql => sql`acldefault(${kind}, ${owner})`;

export function accessList(
  { owner, privileges, entries, actAs, columnEntries = [] }: AccessRow,
  { spared = new Rights(), ...target }: Target & { spared?: Rights },
): AccessList {
  const rights = rightsIn({ owner, entries });
  return { owner, privileges, entries, actAs, columnEntries, rights, spared, target };
}

/** The entries as rights. An owner can always grant its privileges to others, although its entries do not say so. */
function rightsIn({ owner, entries }: Pick<AccessRow, "owner" | "entries">): Rights {
  return new Rights(
    entries.flatMap(({ grantee, privilege, grantable }): Right[] => [
      { grantee, privilege, isOption: false },
      ...(grantable || grantee === owner ? [{ grantee, privilege, isOption: true }] : []),
    ]),
  );
}
