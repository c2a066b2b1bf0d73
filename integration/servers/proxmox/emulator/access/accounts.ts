import { randomUUID } from "node:crypto";
import { failure } from "../refusal.ts";

export interface Token {
  secret: string;
  privsep: boolean;
  expire: number | undefined;
  comment: string | undefined;
}

export interface User {
  enable: boolean;
  expire: number;
  /** firstname, lastname, email, comment, keys, if they are set. */
  readonly details: Map<string, string>;
  readonly groups: Set<string>;
  readonly tokens: Map<string, Token>;
  password: string | undefined;
}

/** Users with their tokens, and groups. Source: PVE/AccessControl.pm */
export class Accounts {
  readonly users = new Map<string, User>();
  /** Comments of the groups. */
  readonly groups = new Map<string, string | undefined>();

  constructor(rootPassword: string) {
    this.addUser("root@pam").password = rootPassword;
  }

  addUser(name: string): User {
    const user: User = {
      enable: true,
      expire: 0,
      details: new Map(),
      groups: new Set(),
      tokens: new Map(),
      password: undefined,
    };
    this.users.set(name, user);
    return user;
  }

  user(name: string): User {
    const user = this.users.get(name);
    if (user === undefined) throw failure(`no such user ('${name}')`);
    return user;
  }

  token(userName: string, tokenId: string): Token {
    const token = this.user(userName).tokens.get(tokenId);
    if (token === undefined) throw failure(`no such token '${tokenId}' for user '${userName}'`);
    return token;
  }

  isEnabled(name: string): boolean {
    const user = this.users.get(name);
    return user?.enable === true && !isExpired(user.expire);
  }

  /** The user or token with these credentials; undefined if they are wrong, disabled or expired. */
  tokenOwner(fullId: string, secret: string): string | undefined {
    const [userName = "", tokenId = ""] = fullId.split("!", 2);
    const token = this.users.get(userName)?.tokens.get(tokenId);
    if (token === undefined || token.secret !== secret || isExpired(token.expire ?? 0)) return undefined;
    return this.isEnabled(userName) ? fullId : undefined;
  }
}

const isExpired = (expire: number): boolean => expire !== 0 && expire < Date.now() / 1000;

export const newSecret = (): string => randomUUID();
