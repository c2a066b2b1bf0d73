import { isAdmin, type Caller } from "../domain/caller.ts";
import type { Directory } from "../domain/directory.ts";
import { DirectoryError } from "../domain/errors.ts";
import { asciiLower } from "../domain/letter-case.ts";
import type { Log } from "../log.ts";
import { encodeEntry, encodeResult, encodeSearchEnd, type answerTags } from "./answers.ts";
import type { Tree } from "./dn.ts";
import { decodePasswordModify, Passwords } from "./passwords.ts";
import type { LdapMessage, LdapRequest, SearchRequest } from "./requests.ts";
import { LdapFailure, resultCodes, type ResultCode } from "./result-code.ts";
import { isRootRequest, rootEntry, Search } from "./search.ts";

const passwordModify = "1.3.6.1.4.1.4203.1.11.1";
const whoAmI = "1.3.6.1.4.1.4203.1.11.3";

/** One connection. Its permission is that of the time of the bind. Source: crates/ldap/src/handler.rs */
export class LdapSession {
  readonly #directory: Directory;
  readonly #tree: Tree;
  readonly #passwords: Passwords;
  readonly #log: Log;
  #caller: Caller | undefined;

  constructor(directory: Directory, tree: Tree, log: Log) {
    this.#directory = directory;
    this.#tree = tree;
    this.#passwords = new Passwords(directory, tree);
    this.#log = log;
  }

  /** The answers; null if the client says goodbye. Throws `Panic`. */
  answer({ id, request }: LdapMessage): Buffer[] | null {
    switch (request.kind) {
      case "bind":
        return [this.#result(id, "bind", `bind ${request.dn}`, () => this.#bind(request.dn, request.password))];
      case "unbind":
        this.#caller = undefined;
        return null;
      case "search":
        return this.#search(id, request);
      case "modify": {
        // Without a bind, lldap answers with the wrong type.
        const kind = this.#caller === undefined ? "extended" : "modify";
        return [this.#result(id, kind, `modify ${request.dn}`, () => this.#passwords.change(this.#bound(), request))];
      }
      case "delete":
        return [this.#result(id, "delete", `delete ${request.dn}`, () => this.#delete(request.dn))];
      case "extended":
        return [this.#result(id, "extended", `extended ${request.oid}`, () => this.#extended(request))];
      case "unsupported":
      default:
        return [this.#result(id, "extended", `operation ${request.tag}`, unsupported)];
    }
  }

  /** A wrong password leaves the session as it was. Source: crates/ldap/src/password.rs: do_bind */
  #bind(dn: string, password: string): void {
    if (dn === "") throw new LdapFailure("inappropriateAuthentication", "Anonymous bind not allowed");
    const id = this.#bindUser(asciiLower(dn));
    if (!this.#directory.users.hasPassword(id, Buffer.from(password))) throw new LdapFailure("invalidCredentials", "");
    this.#caller = this.#directory.callerOf(id);
  }

  #bindUser(dn: string): string {
    try {
      return this.#tree.user(dn);
    } catch (error) {
      if (error instanceof LdapFailure) throw new LdapFailure("namingViolation", error.message);
      throw error;
    }
  }

  #search(id: number, request: SearchRequest): Buffer[] {
    const entries: Buffer[] = [];
    const { code, message } = this.#attempt(`search ${request.base}`, () => {
      const found = isRootRequest(request)
        ? [rootEntry(this.#tree, [passwordModify, whoAmI])]
        : new Search(this.#directory, this.#tree, this.#bound(), request).entries();
      entries.push(...found.map((entry) => encodeEntry(id, entry)));
    });
    return [...entries, encodeSearchEnd(id, entries.length, code, message)];
  }

  /** lldap does not protect its own users and groups here. Source: crates/ldap/src/delete.rs */
  #delete(dn: string): void {
    if (this.#caller === undefined || !isAdmin(this.#caller)) {
      throw new LdapFailure("insufficientAccessRights", "Unauthorized write");
    }
    const { kind, name } = this.#tree.entry(dn);
    if (kind === "user") {
      if (!this.#directory.users.has(name)) throw new LdapFailure("noSuchObject", "Could not find user");
      this.#directory.deleteUser(name);
      return;
    }
    const found = this.#directory.groups.all().find(({ displayName }) => displayName.toLowerCase() === name);
    if (found === undefined) throw new LdapFailure("noSuchObject", "Could not find group");
    this.#directory.groups.delete(found.id);
  }

  /** Who the caller is stands in the message of the result, not in the value of the answer. */
  #extended({ oid, value }: Extract<LdapRequest, { kind: "extended" }>): string {
    if (oid === whoAmI) return this.#caller === undefined ? "" : `dn:${this.#tree.userDn(this.#caller.userId)}`;
    if (oid !== passwordModify) {
      throw new LdapFailure("unwillingToPerform", `Unsupported extended operation: ${oid}`);
    }
    this.#passwords.modify(this.#bound(), decodePasswordModify(value));
    return "";
  }

  #bound(): Caller {
    if (this.#caller !== undefined) return this.#caller;
    throw new LdapFailure("insufficientAccessRights", "No user currently bound");
  }

  #result(id: number, kind: keyof typeof answerTags, forLog: string, run: () => string | void): Buffer {
    const { code, message } = this.#attempt(forLog, run);
    return encodeResult(id, kind, code, message);
  }

  #attempt(forLog: string, run: () => string | void): { code: ResultCode; message: string } {
    const caller = this.#caller?.userId ?? "nobody";
    const logged = (code: ResultCode, message: string) => {
      this.#log(`ldap ${caller}: ${forLog}: ${code}`);
      return { code, message };
    };
    try {
      return logged(resultCodes.success, run() ?? "");
    } catch (error) {
      if (error instanceof LdapFailure) return logged(error.code, error.message);
      if (error instanceof DirectoryError) return logged(resultCodes.other, error.debug);
      throw error;
    }
  }
}

function unsupported(): never {
  throw new LdapFailure("unwillingToPerform", "Unsupported operation");
}
