import { readMark, type Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { Rejected } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { isSet, looseFlag, looseNumber, numberOf } from "../api/values.ts";
import { wordsIn } from "../comment.ts";
import { findUser, pathOfUser } from "../user/look.ts";
import type { Inputs } from "./inputs.ts";

const apiToken = z.object({
  comment: z.optional(z.string()),
  expire: z.optional(looseNumber),
  privsep: z.optional(looseFlag),
});

/** A token without its secret. */
export interface Token {
  readonly mark: Mark | undefined;
  /** The comment without the mark. */
  readonly words: string;
  /** In seconds since 1970; 0 if it never expires. */
  readonly expire: number;
  readonly privilegeSeparation: boolean;
}

type Id = Pick<Inputs, "user" | "name">;

export const pathOfToken = ({ user, name }: Id): string => `${pathOfUser(user)}/token/${encodeURIComponent(name)}`;

/** Undefined if Proxmox says that the token, or its user, does not exist. */
export async function findToken(client: ProxmoxReader, id: Id): Promise<Token | undefined> {
  const missing = `no such token '${id.name}' for user '${id.user}'`;
  try {
    const token = await client.find(pathOfToken(id), apiToken, missing);
    return token && seen(token);
  } catch (error) {
    // For an unknown user, Proxmox says no more than that the check of permissions failed.
    if (error instanceof Rejected && (await findUser(client, id.user)) === undefined) return undefined;
    throw error;
  }
}

const seen = ({ comment, expire = 0, privsep }: z.output<typeof apiToken>): Token => ({
  mark: readMark(comment),
  words: wordsIn(comment),
  expire: numberOf(expire),
  privilegeSeparation: privsep === undefined || isSet(privsep),
});
