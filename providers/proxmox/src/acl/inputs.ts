import { option, ProviderError, withExample, type Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { userId } from "../user/user-id.ts";

/** In the spelling of Proxmox, without repeated or final slashes. Source: PVE::AccessControl::normalize_path */
const aclPath = z.string().check(z.regex(/^(\/|(\/[A-Za-z0-9._-]+)+)$/));

const id = z.string().check(z.regex(/^[A-Za-z0-9._-]+$/));
const tokenId = z.string().check(z.regex(/^[^\s:/!,;]+@[A-Za-z][A-Za-z0-9._-]+![A-Za-z][A-Za-z0-9._-]+$/));

export const inputs = {
  path: option(
    withExample(aclPath, "/pool/shop"),
    "Path of the permission, such as `/pool/<poolId>`, `/storage/<storage>`, `/sdn/zones/localnetwork/<bridge>`, `/vms/<vmid>`, or `/`. What it names need not exist.",
  ),
  roleId: option(withExample(id, "PVEVMUser"), "Id of the role: the output of a `role`, or a role of Proxmox itself."),
  user: option(z.nullable(userId), "Id of the user who gets the role. Set one of `user`, `group` and `token`.", null),
  group: option(z.nullable(id), "Id of the group whose members get the role.", null),
  token: option(
    z.nullable(tokenId),
    "Id of the token that gets the role, `user!name`: the output of a `token`. Its user gets the role, too, since a token with privilege separation has only privileges that both have.",
    null,
  ),
  propagate: option(z.boolean(), "Whether the role also counts on everything below the path.", true),
};

export const outputs = {
  subjects: option(
    z.array(z.string()),
    "Those who get the role, in alphabetical order: the user or group, or the token and its user.",
  ),
};

export type Inputs = Values<typeof inputs>;

/** Who gets the role. */
export interface Subject {
  readonly type: "group" | "token" | "user";
  readonly id: string;
}

/** The user, the group, or the token and its user. */
export function subjectsOf({ user, group, token }: Pick<Inputs, "group" | "token" | "user">): readonly Subject[] {
  return [
    ...(user === null ? [] : [{ type: "user", id: user } as const]),
    ...(group === null ? [] : [{ type: "group", id: group } as const]),
    ...(token === null ? [] : [{ type: "token", id: token } as const, { type: "user", id: ownerOf(token) } as const]),
  ];
}

/** The user of a token. */
export const ownerOf = (token: string): string => token.slice(0, token.lastIndexOf("!"));

/** Throws unless exactly one subject is declared. */
export function requireOneSubject({ user, group, token }: Inputs): void {
  const given = Object.entries({ user, group, token }).filter(([, value]) => value !== null);
  if (given.length === 1) return;
  const names = given.map(([name]) => `\`${name}\``);
  throw new ProviderError(
    names.length === 0 ? "none of `user`, `group` and `token` is set" : `${names.join(" and ")} are set together`,
    { code: "protocol.inputs.invalid", hint: "Set exactly one of `user`, `group` and `token`" },
  );
}
