import type { LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";
import { Attribute, Change, Client, InvalidCredentialsError } from "ldapts";

/** Whether somebody can log in over LDAP. */
export const canLogIn = (server: LldapServer, id: string, password: string): Promise<boolean> =>
  withClient(server, async (client) => {
    try {
      await client.bind(`uid=${id},ou=people,${server.baseDn}`, password);
      return true;
    } catch (error) {
      if (error instanceof InvalidCredentialsError) return false;
      throw error;
    }
  });

/** Somebody who logs in. */
interface Login {
  readonly as: string;
  readonly password: string;
}

/** Sets a password by hand, as the administrator or somebody else. */
export const changePassword = (server: LldapServer, id: string, password: string, login?: Login): Promise<void> =>
  withClient(server, async (client) => {
    await client.bind(
      login?.as ?? `uid=${server.username},ou=people,${server.baseDn}`,
      login?.password ?? server.password,
    );
    const modification = new Attribute({ type: "userPassword", values: [password] });
    await client.modify(`uid=${id},ou=people,${server.baseDn}`, new Change({ operation: "replace", modification }));
  });

/** Entries that somebody finds by a filter. */
export const search = (
  server: LldapServer,
  { as, password, filter }: Login & { readonly filter: string },
): Promise<Record<string, unknown>[]> =>
  withClient(server, async (client) => {
    await client.bind(as, password);
    return (await client.search(server.baseDn, { filter, scope: "sub", attributes: ["*"] })).searchEntries;
  });

async function withClient<T>({ ldapUrl }: LldapServer, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ url: ldapUrl });
  try {
    return await work(client);
  } finally {
    await client.unbind();
  }
}
