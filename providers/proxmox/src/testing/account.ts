import type { ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import * as z from "zod/mini";

/** Privileges on one path. */
export interface Right {
  readonly path: string;
  readonly privileges: readonly string[];
}

/** A token that has exactly these rights, and its user, too. */
export interface Account {
  readonly user: string;
  readonly tokenId: string;
  /** `USER@REALM!TOKENID=UUID` */
  readonly token: string;
}

const secret = z.object({ value: z.string() });

/** Creates a user with a token of separated privileges, as a tenant or an operator has. */
export async function createAccount(server: ProxmoxServer, name: string, rights: readonly Right[]): Promise<Account> {
  const user = `${name}@pve`;
  await server.call("POST", "/access/users", { userid: user });
  const { value } = secret.parse(await server.call("POST", `/access/users/${user}/token/work`, { privsep: 1 }));
  const tokenId = `${user}!work`;
  for (const [index, { path, privileges }] of rights.entries()) {
    const roleid = `${name}-${index}`;
    await server.call("POST", "/access/roles", { roleid, privs: privileges.join(",") });
    await server.call("PUT", "/access/acl", { path, roles: roleid, users: user, tokens: tokenId });
  }
  return { user, tokenId, token: `${tokenId}=${value}` };
}
