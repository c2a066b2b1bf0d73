import { sql, type Sql } from "@nixops4-resources/protocol-postgres";
import { roleToActAs } from "../act-as.ts";
import { everyone } from "./privileges.ts";
import { Rights, type Right } from "./rights.ts";

/** One entry of an access control list. */
interface Entry {
  /** Name of a role, or PUBLIC. */
  grantee: string;
  /** Who gave it, and who alone can take it away. */
  grantor: string;
  privilege: string;
  grantable: boolean;
}

/** What the server tells of an access control list; `accessColumns` asks for it. */
export interface AccessRow {
  owner: string;
  /** Every privilege that this kind of object has on this server. */
  privileges: string[];
  entries: Entry[];
  /** See `roleToActAs`. */
  actAs: string | null;
}

/** Who may do what with one object, or with objects to come. */
export interface AccessList extends AccessRow {
  /** All that each grantee has, whoever gave it. */
  held: Rights;
  /** What stands in front of GRANT. */
  prefix: Sql;
  /** What stands behind ON: `table "public"."orders"`. */
  on: Sql;
}

/**
 * Columns of an AccessRow. `kind` is acldefault's letter; `acl` is null where nobody has touched the list, and `untouched` is what
 * counts then. https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-ACLITEM
 */
export function accessColumns({ kind, owner, acl, untouched = acldefault(kind, owner) }: AccessSource): Sql {
  return sql`
  pg_get_userbyid(${owner}) as owner,
  array(
    select privilege_type from aclexplode(${acldefault(kind, owner)}) where grantee = ${owner} order by 1
  ) as privileges,
  (
    select coalesce(json_agg(json_build_object(
      'grantee', case when grantee = 0 then ${everyone} else pg_get_userbyid(grantee) end,
      'grantor', pg_get_userbyid(grantor),
      'privilege', privilege_type,
      'grantable', is_grantable
    )), '[]')
    from aclexplode(coalesce(${acl}, ${untouched}))
  ) as entries,
  ${roleToActAs(owner)} as "actAs"`;
}

interface AccessSource {
  kind: string;
  /** An oid. */
  owner: Sql;
  acl: Sql;
  untouched?: Sql;
}

const acldefault = (kind: string, owner: Sql): Sql => sql`acldefault(${kind}, ${owner})`;

export function accessList(row: AccessRow, prefix: Sql, on: Sql): AccessList {
  const { owner, privileges, entries, actAs } = row;
  return { owner, privileges, entries, actAs, held: heldIn(row), prefix, on };
}

/** An owner may always pass on what it has, which its entries do not say. */
function heldIn({ owner, entries }: AccessRow): Rights {
  return new Rights(
    entries.flatMap(({ grantee, privilege, grantable }): Right[] => [
      { grantee, privilege, isOption: false },
      ...(grantable || grantee === owner ? [{ grantee, privilege, isOption: true }] : []),
    ]),
  );
}
