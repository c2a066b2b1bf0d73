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
import type { AccessList } from "./list.ts";
import { actAs } from "../act-as.ts";
import type { ErrorCode } from "../errors.ts";
import { checkPrivileges, everyone, rightsOf, type Grants } from "./privileges.ts";
import { Rights, type Right } from "./rights.ts";

/** Access lists of one kind of object. */
export interface Access {
  readonly lists: readonly AccessList[];
  /** Every privilege that this kind has on this server. */
  readonly privileges: readonly string[];
}

/** What is to become of access lists. */
export interface AccessGoal {
  /** What grantees are to have. */
  want: Rights;
  /** What else is ours to take away; `others`: all that is not wanted. What the owner has is never taken. */
  takeAway: Rights | "others";
}

/** The goal of a grant: what it wants, and what it once declared and may take away. */
export function goalOf({ privileges }: Access, want: { grants: Grants; exclusive: boolean }, once: Grants): AccessGoal {
  checkPrivileges(want.grants, privileges);
  return {
    want: rightsOf(want.grants, privileges),
    takeAway: want.exclusive ? "others" : rightsOf(once, privileges),
  };
}

/** What there is of it: a wanted right where every list has it, and what is to be taken away where any still has it. */
export function seenOf({ lists }: Access, goal: AccessGoal): Rights {
  const there = goal.want.filter((right) => lists.every(({ held }) => held.has(right)));
  return lists.reduce((seen, list) => seen.with(superfluous(list, goal)), there);
}

/** Whether there is anything of it on any object, so that there is something to change or to take away. */
export function isThere({ lists }: Access, goal: AccessGoal): boolean {
  const isHeld = (list: AccessList): boolean =>
    missing(list, goal).size < goal.want.size || superfluous(list, goal).size > 0;
  return lists.length === 0 || goal.want.size === 0 || lists.some(isHeld);
}

function superfluous({ held, owner }: AccessList, { want, takeAway }: AccessGoal): Rights {
  return held
    .without(want)
    .filter((right) => right.grantee !== owner && (takeAway === "others" || takeAway.has(right)));
}

const missing = ({ held }: AccessList, { want }: AccessGoal): Rights => want.without(held);

/**
 * Brings the lists in line, in the transaction that the session is in: first what is granted, then what is revoked, so that nobody
 * is without a right that stays. `look` reads the lists anew; a change that PostgreSQL did not make is an error.
 */
export async function changeAccess(
  session: WriteSession,
  look: () => Promise<Access>,
  goalFor: (access: Access) => AccessGoal,
): Promise<void> {
  const access = await look();
  const { lists } = access;
  const goal = goalFor(access);
  const grants = lists.flatMap((list) => underOwner(list, grantsOf(list, missing(list, goal))));
  const revokes = lists.flatMap((list) => underOwner(list, revokesOf(list, superfluous(list, goal))));
  if (grants.length + revokes.length === 0) return;
  try {
    // One text and so one round trip, however many objects there are.
    await session.execute(...grants, ...revokes, actAs(null));
  } catch (error) {
    throw explainRefused(error, lists);
  }
  refuseLeft((await look()).lists, goal);
}

const underOwner = (list: AccessList, commands: Sql[]): Sql[] =>
  commands.length === 0 ? [] : [actAs(list.actAs), ...commands];

const grantsOf = ({ prefix, on }: AccessList, rights: Rights): Sql[] =>
  perGrantee(rights).map(({ grantee, isOption, privileges }) => {
    const option = isOption ? sql` with grant option` : nothing;
    return sql`${prefix}grant ${privileges} on ${on} to ${grantee}${option}`;
  });

/** A privilege that goes takes its grant option along. */
function revokesOf({ prefix, on }: Pick<AccessList, "prefix" | "on">, rights: Rights): Sql[] {
  const apart = rights.filter((right) => !right.isOption || !rights.has({ ...right, isOption: false }));
  return perGrantee(apart).map(({ grantee, isOption, privileges }) => {
    const option = isOption ? sql`grant option for ` : nothing;
    return sql`${prefix}revoke ${option}${privileges} on ${on} from ${grantee}`;
  });
}

/** What one command can tell. */
function perGrantee(rights: Rights): { grantee: Sql; isOption: boolean; privileges: Sql }[] {
  const groups = Map.groupBy(rights, ({ grantee, isOption }) => JSON.stringify([grantee, isOption]));
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ grantee, isOption }) => ({
      grantee: grantee === everyone ? sql`public` : identifier(grantee),
      isOption,
      privileges: join(group.map(({ privilege }) => keyword(privilege))),
    })),
  );
}

/** A word of PostgreSQL's own: from our inputs, where only these are allowed, or from its catalog. */
const keyword = (privilege: string): Sql => new Sql(privilege);

/** Without the right to it, GRANT and REVOKE only warn, or do a part. */
function refuseLeft(lists: readonly AccessList[], goal: AccessGoal): void {
  for (const list of lists) {
    const [lacking] = missing(list, goal);
    if (lacking !== undefined) throw ineffective(`${inWords(lacking)} was not granted`, list);
    const [left] = superfluous(list, goal);
    if (left === undefined) continue;
    const grantor = list.entries.find(
      ({ grantee, privilege, grantor: from }) =>
        grantee === left.grantee && privilege === left.privilege && from !== list.owner,
    )?.grantor;
    throw grantor === undefined
      ? ineffective(`${inWords(left)} was not revoked`, list)
      : byAnother(left, list, grantor);
  }
}

const inWords = ({ grantee, privilege, isOption }: Right): string =>
  `${privilege}${isOption ? " with grant option" : ""} for ${grantee}`;

function ineffective(what: string, { owner }: AccessList): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`${what}: the account may not do that, since ${owner} owns it`, {
    code: "postgres.grant.ineffective",
    hint: howToActAs(owner),
  });
}

function byAnother(right: Right, list: AccessList, grantor: string): ProviderError<ErrorCode> {
  const command = join(revokesOf(list, new Rights([right]))).text;
  return new ProviderError<ErrorCode>(
    `${inWords(right)} was granted by ${grantor}, and only ${grantor} can take it away`,
    { code: "postgres.grant.grantor", hint: `Run as ${grantor}: ${command}` },
  );
}

function explainRefused(error: unknown, lists: readonly AccessList[]): unknown {
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
  `Let \`connection.user\` act as the owner: GRANT ${owner} TO it, on PostgreSQL 16 and later WITH SET TRUE, INHERIT FALSE`;

function passedOn(cause: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>("a role passed on to others what it is to lose", {
    code: "postgres.grant.passedOn",
    hint: "Revoke first what it granted to others: psql's \\dp and \\l show who has it from whom",
    cause,
  });
}
