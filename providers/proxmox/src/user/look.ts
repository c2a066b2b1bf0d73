import { readMark, type Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ProxmoxReader } from "../api/reader.ts";
import { isSet, isText, looseFlag, looseNumber, named, numberOf } from "../api/values.ts";
import { wordsIn } from "../comment.ts";

const text = z.optional(z.string());

/** A token without its secret, as its user shows it. */
const isToken = (value: unknown): value is { comment?: string } =>
  typeof value === "object" && value !== null && (!("comment" in value) || isText(value.comment));

const apiUser = z.object({
  comment: text,
  email: text,
  firstname: text,
  lastname: text,
  enable: z.optional(looseFlag),
  expire: z.optional(looseNumber),
  groups: z.optional(z.array(z.string())),
  tokens: z.optional(named(isToken)),
});

/** A user of the cluster. */
export interface User {
  readonly mark: Mark | undefined;
  /** The comment without the mark. */
  readonly words: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: readonly string[];
  readonly enabled: boolean;
  /** In seconds since 1970; 0 if it never expires. */
  readonly expire: number;
  /** Marks of the tokens, by name. */
  readonly tokens: ReadonlyMap<string, Mark | undefined>;
}

export const pathOfUser = (id: string): string => `/access/users/${encodeURIComponent(id)}`;

/** Undefined if Proxmox says that the user does not exist. */
export async function findUser(client: ProxmoxReader, id: string): Promise<User | undefined> {
  const user = await client.find(pathOfUser(id), apiUser, `no such user ('${id}')`);
  if (user === undefined) return undefined;
  const { comment, email = "", firstname = "", lastname = "", enable, expire = 0, groups = [], tokens = {} } = user;
  return {
    mark: readMark(comment),
    words: wordsIn(comment),
    email,
    firstName: firstname,
    lastName: lastname,
    groups,
    enabled: enable === undefined || isSet(enable),
    expire: numberOf(expire),
    tokens: new Map(Object.entries(tokens).map(([name, one]) => [name, readMark(one.comment)])),
  };
}

const apiUsers = z.array(
  z.object({
    userid: z.string(),
    comment: text,
    tokens: z.optional(z.array(z.object({ tokenid: z.string(), comment: text }))),
  }),
);

/** A user or token that the provider may list. */
export interface ListedAccount {
  readonly user: string;
  /** The name of the token; undefined for a user. */
  readonly token: string | undefined;
  readonly mark: Mark | undefined;
}

/** All users and tokens that our token may list. */
export async function listAccounts(client: ProxmoxReader): Promise<ListedAccount[]> {
  const users = await client.get("/access/users", apiUsers, { full: 1 });
  return users.flatMap(({ userid, comment, tokens = [] }) => [
    { user: userid, token: undefined, mark: readMark(comment) },
    ...tokens.map((one) => ({ user: userid, token: one.tokenid, mark: readMark(one.comment) })),
  ]);
}
