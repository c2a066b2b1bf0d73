import { defineResource, MarkChanged, option, ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import {
  connectReader,
  connectWriter,
  connection,
  lockForTransaction,
  objectName,
  sqlStateOf,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../errors.ts";
import { selectPair, selectPassedOn, type Pair, type SeenPair } from "./catalog.ts";
import {
  grantMembership,
  hasGrantOptions,
  isEqualMembership,
  membershipOptions,
  rejectOptions,
  revokeMembership,
  type MembershipOptions,
} from "./options.ts";

const elsewhere =
  "Declare a new membership and destroy this one, or revoke this one manually. A change would leave it in place";

export default defineResource({
  type: "membership",
  description:
    "Membership of a role that no deployment manages, such as a person's account, in another role. For a role that a deployment manages, use `memberOf` of its `role` resource. On PostgreSQL 16 and later, the resource manages only what `connection.user` granted, and adds to what others granted. Before PostgreSQL 16 a membership exists only once, no matter who granted it. Destroying the resource revokes the membership.",
  requireState: false,
  identity: ["role", "member"],
  connection,
  inputs: {
    role: option(objectName, "Name of the role that the member belongs to, such as `pg_monitor`. It must exist."),
    member: option(
      objectName,
      "Name of the role that becomes the member. It must exist. It is rejected if it carries a deployment's mark, because `memberOf` of that `role` resource manages its memberships.",
    ),
    ...membershipOptions(),
  },
  outputs: {},
  immutable: { role: elsewhere, member: elsewhere },
  stableOutputs: [],
  leastRights:
    "ADMIN on `role`, directly or inherited from another role. Before PostgreSQL 16 CREATEROLE is sufficient. To grant a superuser's role, the account must be superuser.",
  example: { role: "pg_monitor", member: "grafana" },

  label: ({ role, member }) => `of ${member} in ${role}`,
  connectReader,
  connectWriter,

  async read(client, { role, member }) {
    const pair = await selectPair(await client.maintenance(), { role, member });
    if (pair === undefined) return undefined;
    const { mark, granted } = pair;
    if (mark === undefined && granted === null) return undefined;
    return { mark, inputs: { role, member, ...(mark === undefined && granted) }, outputs: {} };
  },

  refuse: ({ role, member }, { mark }) => (mark === undefined ? undefined : memberIsManaged({ role, member }, mark)),

  create: async (client, want) => grant(await client.maintenance(), want),

  update: async (client, want) => grant(await client.maintenance(), want),

  async delete(client, want, { mark }) {
    // The membership now belongs to the role resource.
    if (mark !== undefined) return;
    await revoke(await client.maintenance(), want);
  },
});

/** Grants the membership, or changes the existing one. If a role is missing, the server's error names it. */
const grant = (session: WriteSession, want: Pair & MembershipOptions): Promise<void> =>
  withUnmarkedMember(session, want, async (pair) => {
    if (pair !== undefined && !hasGrantOptions(session.facts)) rejectOptions(want, pair.inherits);
    const { granted = null, grantor = null } = pair ?? {};
    if (granted !== null && isEqualMembership(granted, want)) return;
    // On PostgreSQL 16 and later, GRANT WITH ADMIN FALSE does not check what the member has granted with ADMIN.
    const losesAdmin = granted?.admin === true && !want.admin;
    await session.execute(
      ...(losesAdmin ? [revokeMembership(want, session.facts, grantor, "admin")] : []),
      grantMembership(want, session.facts, grantor),
    );
  });

const revoke = (session: WriteSession, want: Pair): Promise<void> =>
  withUnmarkedMember(session, want, async (pair) => {
    if (pair?.granted) await session.execute(revokeMembership(want, session.facts, pair.grantor));
  });

/**
 * Does work in a transaction, with what a second look under the lock of the member finds. Throws `MarkChanged` if a
 * deployment has marked the member since.
 */
async function withUnmarkedMember(
  session: WriteSession,
  want: Pair,
  work: (pair: SeenPair | undefined) => Promise<void>,
): Promise<void> {
  try {
    await session.transaction(
      async () => {
        const pair = await selectPair(session, want);
        if (pair?.mark !== undefined) throw new MarkChanged();
        await work(pair);
      },
      lockForTransaction("role", want.member),
    );
  } catch (error) {
    // dependent_objects_still_exist
    throw sqlStateOf(error) === "2BP01" ? await passedOn(session, want, error) : error;
  }
}

function memberIsManaged({ role, member }: Pair, { managedBy }: Mark): ProviderError<ErrorCode> {
  const entry = `{ role = ${JSON.stringify(role)}; }`;
  return new ProviderError<ErrorCode>(
    `the deployment ${managedBy} manages the role ${member}, and \`memberOf\` of that \`role\` resource would revoke a membership that it does not list`,
    {
      code: "postgres.membership.managed",
      hint: `Add ${entry} to \`memberOf\` of the \`role\` resource ${member}, and remove this \`membership\` resource`,
    },
  );
}

async function passedOn(session: WriteSession, want: Pair, cause: unknown): Promise<ProviderError<ErrorCode>> {
  const { role, member } = want;
  const others = await selectPassedOn(session, want);
  const [first = "..."] = others;
  return new ProviderError<ErrorCode>(
    `${member} has used its \`admin\` to grant membership in ${role} to ${others.join(", ")}`,
    {
      code: "postgres.membership.passedOn",
      hint: `Run: ${revokeMembership({ role, member: first }, session.facts, member).text}`,
      cause,
    },
  );
}
