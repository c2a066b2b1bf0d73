import type { IncomingMessage } from "node:http";
import type { Access } from "./access.ts";
import { callerOf, type Caller } from "./caller.ts";
import { uriUnescape } from "../http/uri-unescape.ts";
import { unauthorized } from "../refusal.ts";

/** Who sent a request. Throws 401 with the texts of section 1.1 of the reference. */
export function authenticate(access: Access, request: IncomingMessage): Caller {
  const { authorization } = request.headers;
  if (authorization !== undefined) return tokenOwner(access, authorization);
  const ticket = cookie(request, "PVEAuthCookie");
  const user = ticket === undefined ? undefined : access.tickets.userOf(ticket);
  if (ticket === undefined || user === undefined || !access.accounts.isEnabled(user)) throw unauthorized("No ticket");
  const csrfToken = request.headers["csrfpreventiontoken"];
  if (request.method !== "GET" && !(typeof csrfToken === "string" && access.tickets.isCsrfToken(ticket, csrfToken))) {
    throw unauthorized("Permission denied - invalid csrf token");
  }
  return callerOf(user);
}

function tokenOwner(access: Access, authorization: string): Caller {
  const [, fullId = "", secret = ""] = /^PVEAPIToken[= ]([^=]+)=(.+)$/.exec(authorization) ?? [];
  const owner = access.accounts.tokenOwner(fullId, secret);
  if (owner === undefined) throw unauthorized("Authentication failed!");
  return callerOf(owner);
}

function cookie(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  return value === undefined ? undefined : uriUnescape(value);
}
