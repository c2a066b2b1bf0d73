import { AlreadyExists, type Mark } from "@nixops4-resources/protocol-core";
import { changesTo } from "../attributes.ts";
import { createUser } from "../graphql/operations.ts";
import { whileLocked } from "../lock.ts";
import { markValue, requireOwnAttributes } from "../marks.ts";
import type { Account } from "./account.ts";
import type { AccountWriter } from "./client.ts";
import { declaredBy, declaredValue } from "./declared.ts";
import { lookAt, membershipChanges } from "./look.ts";
import { changeMemberships } from "./memberships.ts";
import { newPasswordNeed, writePassword } from "./password.ts";
import { personalFields } from "./personal.ts";
import { emailTaken } from "./possible.ts";

/** Creates the user together with its mark. What can only follow, memberships and the password, a later apply completes. */
export async function createAccount(client: AccountWriter, account: Account, mark: Mark): Promise<void> {
  await whileLocked("user", { name: account.id, connection: account.connection }, async () => {
    const look = client.findings.look ?? (await lookAt(client, account));
    await requireOwnAttributes(client, "user", look.schema);
    const user = {
      id: account.id,
      email: account.email,
      ...(await personalFields(account)),
      attributes: [markValue(mark), declaredValue(declaredBy(account)), ...changesTo({}, account.attributes).insert],
    };
    const refused = await client.tryChange(createUser, { user });
    if (refused !== undefined) {
      // Somebody may have been faster, or has taken the address meanwhile.
      const { user: existing, emailHolder } = await lookAt(client, account);
      if (existing !== undefined) throw new AlreadyExists(account.id);
      if (emailHolder !== undefined) throw emailTaken(account.email, emailHolder);
      throw await client.explained(refused, "lldap_admin");
    }
    await changeMemberships(
      client,
      account,
      membershipChanges(account, { groups: [] }, look.groups, declaredBy(account)),
    );
    await writePassword(client, account, newPasswordNeed(account));
  });
}
