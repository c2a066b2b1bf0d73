import type { IncomingMessage } from "node:http";
import * as z from "zod";
import type { Directory } from "../domain/directory.ts";
import { asciiLower } from "../domain/letter-case.ts";
import { bare, bodyOf, contentType, cookie, json, parseJson, plain, Rejection, type Answer } from "./exchange.ts";
import type { Tokens } from "./tokens.ts";

/** actix' limit for JSON. */
const limit = 2 * 1024 * 1024;

const credentials = z.object({ username: z.string(), password: z.string() });

/** Login, refresh and logout. Source: server/src/auth_service.rs */
export class AuthRoutes {
  readonly #directory: Directory;
  readonly #tokens: Tokens;

  constructor(directory: Directory, tokens: Tokens) {
    this.#directory = directory;
    this.#tokens = tokens;
  }

  async logIn(request: IncomingMessage): Promise<Answer> {
    if (contentType(request) !== "application/json") return plain(400, "Content type error");
    const size = request.headers["content-length"] ?? "unknown";
    const tooLarge = `JSON payload (${size} bytes) is larger than allowed (limit: ${limit} bytes).`;
    const sent = credentials.safeParse(parseJson(await bodyOf(request, limit, tooLarge)));
    if (!sent.success) return plain(400, `Json deserialize error: ${missingField(sent.error)}`);
    const user = asciiLower(sent.data.username);
    if (!this.#directory.users.hasPassword(user, Buffer.from(sent.data.password))) {
      return authenticationError(`for user "${user}"`);
    }
    const refreshToken = this.#tokens.issueRefreshToken(user);
    const token = this.#issue(user);
    return {
      ...json(200, { token, refreshToken }),
      cookies: [tokenCookie(token), `refresh_token=${refreshToken}; ${cookieRules}; Path=/auth; Max-Age=2592000`],
    };
  }

  refresh(request: IncomingMessage): Answer {
    const refreshToken = refreshTokenOf(request);
    const user = this.#tokens.userOf(refreshToken);
    if (user === undefined || !this.#directory.users.has(user)) return authenticationError("Invalid refresh token");
    const token = this.#issue(user);
    return { ...json(200, { token }), cookies: [tokenCookie(token)] };
  }

  logOut(request: IncomingMessage): Answer {
    this.#tokens.logOut(refreshTokenOf(request));
    const expired = ["token=", "refresh_token="].map((pair) => `${pair}; ${cookieRules}; Max-Age=0`);
    return { status: 200, cookies: expired };
  }

  #issue(user: string): string {
    return this.#tokens.issue(
      user,
      this.#directory.groupsOf(user).map(({ displayName }) => displayName),
    );
  }
}

const cookieRules = "HttpOnly; SameSite=Strict";

const tokenCookie = (token: string): string => `token=${token}; ${cookieRules}; Path=/; Max-Age=86400`;

export const authenticationError = (reason: string): Answer => bare(401, `\`Authentication error ${reason}\``);

function refreshTokenOf(request: IncomingMessage): string {
  const sent = cookie(request, "refresh_token") ?? request.headers["refresh-token"];
  if (typeof sent !== "string") throw new Rejection(authenticationError("Missing refresh token"));
  if (!sent.includes("+")) throw new Rejection(authenticationError("Invalid refresh token"));
  return sent;
}

function missingField({ issues }: z.ZodError): string {
  const [name] = issues[0]?.path ?? [];
  return name === undefined ? "invalid type" : `missing field \`${String(name)}\``;
}
