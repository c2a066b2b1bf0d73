import { ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import { noteOutcome } from "@nixops4-resources/protocol-core/note";
import {
  identifier,
  sql,
  type PostgresReader,
  type PostgresWriter,
  type ReadSession,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import { mayActAs, withRightsOf } from "../act-as.ts";
import type { ErrorCode } from "../errors.ts";
import { sessionIfExists } from "../open-database.ts";
import { requireMarked } from "../proven.ts";
import { grantorsHere, haveDone, inWords, leftHere, selectHoldings, wouldDo, type Holdings } from "./holdings.ts";
import type { RoleInputs } from "./inputs.ts";
import { selectComment, withLockedRole } from "./statements.ts";

/** A role that is about to be dropped, and the role that receives its objects. */
interface Reassignment {
  from: string;
  to: string;
}

/** Undefined unless the inputs declare it. `deletion` must say so too: what a destroy does by default is never this wide. */
export function reassignmentOf({
  name,
  reassignOwnedTo,
  deletion,
}: Pick<RoleInputs, "name" | "reassignOwnedTo"> & { deletion: string | null }): Reassignment | undefined {
  return reassignOwnedTo === null || deletion !== "delete" ? undefined : { from: name, to: reassignOwnedTo };
}

/** Rejects the role itself as the new owner: DROP OWNED would then drop its objects. */
export function rejectSelf({ name, reassignOwnedTo }: Pick<RoleInputs, "name" | "reassignOwnedTo">): void {
  if (reassignOwnedTo !== name) return;
  throw new ProviderError<ErrorCode>(`\`reassignOwnedTo\` names the role ${name} itself`, {
    code: "postgres.role.reassign",
    hint: "Set `reassignOwnedTo` to another role, or to null",
  });
}

/** What `reassign` would do, in words; undefined if nothing. */
export async function planReassign(client: PostgresReader, { from, to }: Reassignment): Promise<string | undefined> {
  const session = await client.maintenance();
  await requireRole(session, to);
  return inWords(await selectHoldings(session, from), to, wouldDo);
}

/**
 * Gives the objects of the role to the other one and revokes its privileges, in each database where it has any, if the role
 * carries the expected mark. One transaction for each database: after a kill, the next destroy continues.
 */
export async function reassign(client: PostgresWriter, roles: Reassignment, mark: Mark | undefined): Promise<void> {
  const session = await client.maintenance();
  await requireRole(session, roles.to);
  const all = await selectHoldings(session, roles.from);
  const databases = all.flatMap(({ database }) => database ?? []);
  // What all databases share is reassigned from any of them.
  const visited = databases.length === 0 && all.length > 0 ? [client.connection.database] : databases;
  const done: Holdings[] = [];
  for (const database of visited) done.push(...(await reassignIn(client, database, roles, mark)));
  const note = inWords(done, roles.to, haveDone);
  if (note !== undefined) noteOutcome(note);
}

async function reassignIn(
  client: PostgresWriter,
  database: string,
  { from, to }: Reassignment,
  mark: Mark | undefined,
): Promise<Holdings[]> {
  const session = await sessionIfExists(client, database);
  if (session === undefined) return [];
  let found: Holdings[] = [];
  try {
    await withLockedRole(session, from, async () => {
      requireMarked(await selectComment(session, from), mark);
      const all = await selectHoldings(session, from);
      found = all.filter((each) => each.database === null || each.database === database);
      const reassignOwned = sql`reassign owned by ${identifier(from)} to ${identifier(to)}`;
      await session.execute(...(await withRights(session, [from, to], reassignOwned)));
      // DROP OWNED drops what the role owns, so nothing may be left.
      rejectOwned(from, await leftHere(session, from, "owned"));
      const owners = await grantorsHere(session, from);
      await session.execute(...(await withRights(session, [from, ...owners], sql`drop owned by ${identifier(from)}`)));
      // Without the right to revoke a privilege, DROP OWNED only warns.
      rejectKept(database, await leftHere(session, from, "any"));
    });
    return found;
  } finally {
    // Closed at once: a server has many databases and few connections.
    if (database !== client.connection.database) await session[Symbol.asyncDispose]();
  }
}

/** Both commands need the rights of the roles, which the account may have only by SET ROLE. */
async function withRights(session: WriteSession, roles: readonly string[], command: Sql): Promise<Sql[]> {
  const rows = await session.query<{ name: string }>(sql`
    select rolname as name from pg_roles
    where rolname = any(${roles}) and not pg_has_role(current_user, oid, 'usage') and ${mayActAs(sql`oid`)}`);
  return withRightsOf(
    rows.map(({ name }) => name),
    session.facts.majorVersion,
    command,
  );
}

function rejectOwned(from: string, [object]: readonly string[]): void {
  if (object === undefined) return;
  throw new ProviderError<ErrorCode>(`it still owns ${object} after REASSIGN OWNED`, {
    code: "postgres.role.reassign",
    hint: `Stop the clients that act as ${from}, then destroy again`,
  });
}

function rejectKept(database: string, kept: readonly string[]): void {
  if (kept.length === 0) return;
  const shown = kept.slice(0, maximumShown).join(", ");
  const more = kept.length > maximumShown ? `, and ${kept.length - maximumShown} more` : "";
  throw new ProviderError<ErrorCode>(`the account may not revoke its privileges on ${shown}${more} in ${database}`, {
    code: "postgres.permission.denied",
    hint: "As the owners of these objects or as a superuser, revoke these privileges, then destroy again",
  });
}

const maximumShown = 5;

async function requireRole(session: ReadSession, name: string): Promise<void> {
  const rows = await session.query(sql`select from pg_roles where rolname = ${name}`);
  if (rows.length > 0) return;
  throw new ProviderError<ErrorCode>(`the role ${name} of \`reassignOwnedTo\` does not exist`, {
    code: "postgres.role.missing",
    hint: "Create this role first, or correct `reassignOwnedTo`",
  });
}
