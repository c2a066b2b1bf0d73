import { Attribute, BerWriter, Change, Client, type Entry, type SearchOptions } from "ldapts";
import type { LldapServer } from "./lldap.ts";

/** Members of the value of the password modify operation. */
export interface PasswordModify {
  readonly identity?: string;
  readonly oldPassword?: string;
  readonly newPassword?: string | Buffer;
}

const passwordModify = "1.3.6.1.4.1.4203.1.11.1";

/** LDAP past the provider, on one connection. */
export class LdapCalls implements AsyncDisposable {
  readonly #client: Client;

  /** `ca` is the certificate of an authority to trust. */
  constructor(url: string, ca?: string) {
    this.#client = new Client({ url, timeout: 10_000, ...(ca === undefined ? {} : { tlsOptions: { ca } }) });
  }

  /** A connection that is bound as the administrator. */
  static async ofAdministrator(server: LldapServer): Promise<LdapCalls> {
    return await LdapCalls.of(server, server.username, server.password);
  }

  /** A connection that is bound as a user. */
  static async of(server: LldapServer, userId: string, password: string): Promise<LdapCalls> {
    const calls = new LdapCalls(server.ldapUrl);
    await calls.bind(userDn(server, userId), password);
    return calls;
  }

  async bind(dn: string, password: string): Promise<void> {
    await this.#client.bind(dn, password);
  }

  /** The extended operation of RFC 3062. */
  async modifyPassword({ identity, oldPassword, newPassword }: PasswordModify): Promise<void> {
    const writer = new BerWriter();
    writer.startSequence();
    if (identity !== undefined) writer.writeString(identity, 0x80);
    if (oldPassword !== undefined) writer.writeString(oldPassword, 0x81);
    if (newPassword !== undefined) writer.writeBuffer(Buffer.from(newPassword), 0x82);
    writer.endSequence();
    await this.#client.exop(passwordModify, writer.buffer);
  }

  async extended(oid: string, value?: Buffer): Promise<void> {
    await this.#client.exop(oid, value);
  }

  async modify(dn: string, operation: "add" | "delete" | "replace", type: string, values: string[]): Promise<void> {
    await this.#client.modify(dn, new Change({ operation, modification: new Attribute({ type, values }) }));
  }

  async delete(dn: string): Promise<void> {
    await this.#client.del(dn);
  }

  async search(base: string, options: SearchOptions): Promise<Entry[]> {
    return (await this.#client.search(base, options)).searchEntries;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.unbind();
  }
}

export const userDn = ({ baseDn }: LldapServer, id: string): string => `uid=${id},ou=people,${baseDn}`;

export const groupDn = ({ baseDn }: LldapServer, name: string): string => `cn=${name},ou=groups,${baseDn}`;
