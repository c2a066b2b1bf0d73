import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { permissionOf, type Caller } from "../domain/caller.ts";
import { asciiLower } from "../domain/letter-case.ts";

const header = encode({ alg: "HS512" });

const claims = z.object({ exp: z.number(), user: z.string(), groups: z.array(z.string()) });

/** A token that is not valid, with the text of the answer. */
export class TokenRejected extends Error {
  override readonly name = "TokenRejected";
}

/**
 * Issues and checks the tokens of HTTP. A token contains the groups of the time of the login, and nothing else is looked
 * up. Source: server/src/auth_service.rs: create_jwt, check_if_token_is_valid
 */
export class Tokens {
  readonly #key = randomBytes(32);
  readonly #seconds: number;
  readonly #issued = new Map<string, Set<string>>();
  readonly #loggedOut = new Set<string>();
  readonly #refreshTokens = new Map<string, string>();

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  issue(user: string, groups: readonly string[]): string {
    const iat = Math.floor(Date.now() / 1000);
    const payload = encode({ exp: iat + this.#seconds, iat, jti: randomUUID(), user, groups });
    const token = `${header}.${payload}.${this.#signature(payload)}`;
    const issued = this.#issued.get(user) ?? new Set();
    this.#issued.set(user, issued.add(token));
    return token;
  }

  callerOf(token: string): Caller {
    const [head, payload = "", signature = ""] = token.split(".");
    const isSigned = head === header && isEqual(signature, this.#signature(payload));
    if (!isSigned) throw new TokenRejected("Invalid JWT");
    const { exp, user, groups } = claims.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
    if (exp * 1000 < Date.now()) throw new TokenRejected("Expired JWT");
    if (this.#loggedOut.has(token)) throw new TokenRejected("JWT was logged out");
    return { userId: asciiLower(user), permission: permissionOf(groups) };
  }

  /** A token for `refresh` and `logOut`, which ends with the name of the user. */
  issueRefreshToken(user: string): string {
    const secret = randomBytes(50).toString("hex");
    this.#refreshTokens.set(secret, user);
    return `${secret}+${user}`;
  }

  /** The user, if the token was issued for it. */
  userOf(refreshToken: string): string | undefined {
    const { secret, user } = partsOf(refreshToken);
    return this.#refreshTokens.get(secret) === user ? user : undefined;
  }

  /**
   * Rejects all tokens of the user in the refresh token from now on, even if that one was never issued. Source:
   * server/src/auth_service.rs: get_logout
   */
  logOut(refreshToken: string): void {
    const { secret, user } = partsOf(refreshToken);
    this.#refreshTokens.delete(secret);
    for (const token of this.#issued.get(user) ?? []) this.#loggedOut.add(token);
  }

  #signature(payload: string): string {
    return createHmac("sha512", this.#key).update(`${header}.${payload}`).digest("base64url");
  }
}

function partsOf(refreshToken: string): { secret: string; user: string } {
  const [secret = "", user] = refreshToken.split(/\+(.*)/s);
  if (user === undefined) throw new TokenRejected("Invalid refresh token");
  return { secret, user: asciiLower(user) };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

const isEqual = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
