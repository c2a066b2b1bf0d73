import { canChangePassword, canRead, type Caller } from "../domain/caller.ts";
import type { Directory } from "../domain/directory.ts";
import { DirectoryError } from "../domain/errors.ts";
import { asciiLower } from "../domain/letter-case.ts";
import { elementsOf, ElementReader, Malformed, textOf } from "./ber.ts";
import type { Tree } from "./dn.ts";
import type { Change, ModifyRequest } from "./requests.ts";
import { LdapFailure } from "./result-code.ts";

/** Members of the extended operation of RFC 3062 that lldap uses; the old password is ignored. */
export interface PasswordModify {
  readonly identity: string | undefined;
  readonly newPassword: string | undefined;
}

/** Source: the crate ldap3_proto 0.7.1, src/proto.rs: LdapPasswordModifyRequest::try_from */
export function decodePasswordModify(value: Buffer | null): PasswordModify {
  const parsing = "Error while parsing password modify request";
  if (value === null) throw new LdapFailure("protocolError", `${parsing}: PasswordModifyRequestEmpty`);
  try {
    const [sequence] = new ElementReader().push(value);
    if (sequence === undefined) throw new Malformed("The value is cut off");
    const members = new Map(elementsOf(sequence).map((member) => [member.tag & 0x1f, textOf(member)]));
    if ([...members.keys()].some((id) => id > 2)) throw new Malformed("A member is unknown");
    return { identity: members.get(0), newPassword: members.get(2) };
  } catch (error) {
    if (error instanceof Malformed) throw new LdapFailure("protocolError", `${parsing}: PasswordModifyRequestBer`);
    throw error;
  }
}

/** Changes of passwords over LDAP. Every password is accepted, also an empty one. */
export class Passwords {
  readonly #directory: Directory;
  readonly #tree: Tree;

  constructor(directory: Directory, tree: Tree) {
    this.#directory = directory;
    this.#tree = tree;
  }

  /** Source: crates/ldap/src/password.rs: do_password_modification */
  modify(caller: Caller, { identity, newPassword }: PasswordModify): void {
    if (identity === undefined || newPassword === undefined) {
      throw new LdapFailure("constraintViolation", "Missing either user_id or password");
    }
    const id = this.#userOf(asciiLower(identity));
    const refusal = `User \`${caller.userId}\` cannot modify the password of user \`${id}\``;
    const isOfAdmin = this.#isAdmin(caller, id, refusal);
    this.#requirePermission(caller, id, isOfAdmin);
    this.#directory.users.setPassword(id, Buffer.from(newPassword));
  }

  /** The only change is a replacement of the password. Source: crates/ldap/src/modify.rs */
  change(caller: Caller, { dn, changes }: ModifyRequest): void {
    const id = this.#userOf(dn);
    const isOfAdmin = this.#isAdmin(caller, id, `User \`${caller.userId}\` cannot modify user \`${id}\``);
    for (const change of changes) this.#apply(caller, id, isOfAdmin, change);
  }

  #apply(caller: Caller, id: string, isOfAdmin: boolean, { operation, attribute, values }: Change): void {
    if (asciiLower(attribute) !== "userpassword" || operation !== "Replace") {
      throw new LdapFailure("unwillingToPerform", `Unsupported operation: \`${operation}\` for \`${attribute}\``);
    }
    this.#requirePermission(caller, id, isOfAdmin);
    const [password] = values;
    if (password === undefined || values.length > 1) {
      const reason = `Wrong number of values for password attribute: ${values.length}`;
      throw new LdapFailure("invalidAttributeSyntax", reason);
    }
    this.#directory.users.setPassword(id, password);
  }

  #userOf(dn: string): string {
    try {
      return this.#tree.user(dn);
    } catch (error) {
      if (!(error instanceof LdapFailure)) throw error;
      throw new LdapFailure("invalidDnSyntax", `Invalid username: ${error.message}`);
    }
  }

  #isAdmin(caller: Caller, id: string, refusal: string): boolean {
    if (!canRead(caller, id)) throw new LdapFailure("insufficientAccessRights", refusal);
    try {
      this.#directory.users.get(id);
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error;
      const reason = `Internal error while requesting user's groups: ${error.debug}`;
      throw new LdapFailure("operationsError", reason);
    }
    return this.#directory.isAdmin(id);
  }

  #requirePermission(caller: Caller, id: string, isOfAdmin: boolean): void {
    if (canChangePassword(caller, id, isOfAdmin)) return;
    const reason = `User \`${caller.userId}\` cannot modify the password of user \`${id}\``;
    throw new LdapFailure("insufficientAccessRights", reason);
  }
}
