import { ProviderError } from "@nixops4-resources/protocol-core";
import {
  identifier,
  join,
  nothing,
  sql,
  Sql,
  sqlStateOf,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import type { AccessList, Target } from "./access-list.ts";
import { actAs } from "../act-as.ts";
import type { ErrorCode } from "../errors.ts";
import { missing, superfluous, type Access, type AccessGoal } from "./goal.ts";
import { everyone } from "./privileges.ts";
import { Rights, type Right } from "./rights.ts";

/**
 * Changes the lists to fit the goal, in the session's current transaction. Grants come before revokes, so no grantee
 * loses a right that it keeps. `look` reads the lists; it is called again afterwards, since PostgreSQL can ignore a
 * change silently.
 */
export async function changeAccess(
  session: WriteSession,
  look: () => Promise<Access>,
  goalFor: (access: Access) => AccessGoal,
): Promise<void> {
  const access = await look();
  const { lists } = access;
  const goal = goalFor(access);
  const grants = lists.flatMap((list) => asOwner(list, grantsOf(list, missing(list, goal))));
  const revokes = lists.flatMap((list) => {
    const rights = superfluous(list, goal);
    return asOwner(list, [...revokesOf(list, rights), ...restoredColumns(list, rights)]);
  });
  if (grants.length + revokes.length === 0) return;
  try {
    // One round trip, no matter how many objects there are.
    await session.execute(...grants, ...revokes, actAs(null));
  } catch (error) {
    throw explainRejected(error, lists);
  }
  checkResult((await look()).lists, goal);
}

const asOwner = (list: AccessList, commands: Sql[]): Sql[] =>
  commands.length === 0 ? [] : [actAs(list.actAs), ...commands];

const grantsOf = ({ target }: Pick<AccessList, "target">, rights: Rights): Sql[] =>
  perGrantee(rights).map(({ grantee, isOption, privileges }) => {
    const option = isOption ? sql` with grant option` : nothing;
    return statement(target, sql`grant`, privileges, sql`to ${grantee}${option}`);
  });

/** Revoking a privilege also revokes its grant option. */
function revokesOf({ target }: Pick<AccessList, "target">, rights: Rights): Sql[] {
  const explicit = rights.filter((right) => !right.isOption || !rights.has({ ...right, isOption: false }));
  return perGrantee(explicit).map(({ grantee, isOption, privileges }) =>
    statement(target, isOption ? sql`revoke grant option for` : sql`revoke`, privileges, sql`from ${grantee}`),
  );
}

const statement = ({ prefix = nothing, on, column = nothing }: Target, verb: Sql, privileges: Sql[], whom: Sql): Sql =>
  sql`${prefix}${verb} ${join(privileges.map((privilege) => sql`${privilege}${column}`))} on ${on} ${whom}`;

/**
 * Grants again what the revokes take from the columns of a table: REVOKE ON TABLE also revokes the privilege on each
 * column. Others declare those. In a transaction, nobody else sees them missing.
 */
function restoredColumns({ owner, columnEntries, target: { on } }: AccessList, revoked: Rights): Sql[] {
  return columnEntries.flatMap(({ column, grantee, grantor, privilege, grantable }) => {
    const right = { grantee, privilege, isOption: false };
    const option = { ...right, isOption: true };
    const isLost = revoked.has(right) || (grantable && revoked.has(option));
    if (!isLost || grantor !== owner) return [];
    const rights = new Rights(grantable ? [option] : [right]);
    return grantsOf({ target: { on, column: new Sql(` (${column})`) } }, rights);
  });
}

/** Groups rights that one command can name together. */
function perGrantee(rights: Rights): { grantee: Sql; isOption: boolean; privileges: Sql[] }[] {
  const groups = Map.groupBy(rights, ({ grantee, isOption }) => JSON.stringify([grantee, isOption]));
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ grantee, isOption }) => ({
      grantee: grantee === everyone ? sql`public` : identifier(grantee),
      isOption,
      privileges: group.map(({ privilege }) => keyword(privilege)),
    })),
  );
}

/** A keyword of PostgreSQL. It comes from PostgreSQL's catalog, or from inputs that allow only known privileges. */
const keyword = (privilege: string): Sql => new Sql(privilege);

/** Throws if a change did not take effect: without sufficient rights, GRANT and REVOKE only warn, or apply a part. */
function checkResult(lists: readonly AccessList[], goal: AccessGoal): void {
  for (const list of lists) {
    const [absent] = missing(list, goal);
    if (absent !== undefined) throw ineffective(`${describeRight(absent)} was not granted`, list);
    const [left] = superfluous(list, goal);
    if (left === undefined) continue;
    const grantor = list.entries.find(
      ({ grantee, privilege, grantor: from }) =>
        grantee === left.grantee && privilege === left.privilege && from !== list.owner,
    )?.grantor;
    throw grantor === undefined
      ? ineffective(`${describeRight(left)} was not revoked`, list)
      : grantedByOther(left, list, grantor);
  }
}

const describeRight = ({ grantee, privilege, isOption }: Right): string =>
  `${privilege}${isOption ? " with grant option" : ""} for ${grantee}`;

function ineffective(result: string, { owner }: AccessList): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`${result}: the account has no right to do so; ${owner} owns the object`, {
    code: "postgres.grant.ineffective",
    hint: howToActAs(owner),
  });
}

function grantedByOther(right: Right, list: AccessList, grantor: string): ProviderError<ErrorCode> {
  const command = join(revokesOf(list, new Rights([right]))).text;
  return new ProviderError<ErrorCode>(
    `${describeRight(right)} was granted by ${grantor}, and only ${grantor} can revoke it`,
    { code: "postgres.grant.grantor", hint: `Run as ${grantor}: ${command}` },
  );
}

function explainRejected(error: unknown, lists: readonly AccessList[]): unknown {
  const state = sqlStateOf(error);
  if (state === "2BP01") return passedOn(error);
  return state === "42501" ? notOwner(error, lists) : error;
}

function notOwner(cause: unknown, lists: readonly AccessList[]): unknown {
  const [list] = lists;
  if (list === undefined || !(cause instanceof ProviderError)) return cause;
  return new ProviderError<ErrorCode>(cause.message, {
    code: "postgres.permission.denied",
    hint: howToActAs(list.owner),
    cause,
  });
}

const howToActAs = (owner: string): string =>
  `Run GRANT ${owner} TO the role of \`connection.user\`, on PostgreSQL 16 and later WITH SET TRUE, INHERIT FALSE`;

function passedOn(cause: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>("a role has passed on to others a privilege that would be revoked from it", {
    code: "postgres.grant.passedOn",
    hint: "Revoke first what the role granted to others; \\dp and \\l in psql show grantees and grantors",
    cause,
  });
}
