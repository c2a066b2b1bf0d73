import { AlreadyExists, Secret, type Mark } from "@nixops4-resources/protocol-core";
import { requireFreeSecret } from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import { listAllEntries, type Entry } from "../acl/entries.ts";
import { failure, isRejected, Rejected } from "../api/failure.ts";
import type { Parameters } from "../api/reader.ts";
import { toFlag } from "../api/values.ts";
import type { ProxmoxWriter } from "../api/writer.ts";
import { commentWith } from "../comment.ts";
import { findUser } from "../user/look.ts";
import { requireForeign } from "./guards.ts";
import { idOf, type Wanted } from "./inputs.ts";
import { findToken, pathOfToken, type Token } from "./look.ts";
import { newSecretId, withSecretId } from "./secret-id.ts";
import { names, toParameters } from "./settings.ts";
import { keptOf, purposeOf, storeSecret } from "./stored.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The secret, which no later call shows again. */
const apiSecret = z.object({ value: z.string().check(z.regex(uuid)) });

/** Creates the token with its mark, and stores its secret. Runs under the lock of the token. */
export async function createToken(client: ProxmoxWriter, want: Wanted, mark: Mark): Promise<void> {
  // First, so that a faster process is recognized by the token, not by what it stored.
  if ((await findToken(client, want)) !== undefined) throw new AlreadyExists(idOf(want));
  await requireFreeSecret(want.store, keptOf(want));
  const named = withSecretId(mark, newSecretId());
  try {
    const settings = { ...toParameters(want), comment: commentWith(want.comment, named) };
    await ask(client, "POST", want, settings, named);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    if ((await findUser(client, want.user)) === undefined) throw userMissing(want.user);
    if (isRejected(error) && (await findToken(client, want)) !== undefined) throw new AlreadyExists(idOf(want));
    throw error;
  }
}

/** Gives the token a new secret, since nobody knows the old one any more. Runs under the lock of the token. */
export async function renewSecret(client: ProxmoxWriter, want: Wanted, token: Token, mark: Mark): Promise<void> {
  await requireForeign(client, want, "renews");
  await requireFreeSecret(want.store, keptOf(want));
  const named = withSecretId(mark, newSecretId());
  // What is not managed stays, also if the token is made again.
  const settings = {
    expire: token.expire,
    ...toParameters(want),
    comment: commentWith(want.comment ?? token.words, named),
  };
  try {
    await ask(client, "PUT", want, { ...settings, regenerate: 1 }, named);
  } catch (error) {
    // Before Proxmox VE 9.2.
    if (!isRejected(error) || error.parameters["regenerate"] === undefined) throw error;
    await makeAgain(client, want, settings, named);
  }
}

/** Proxmox deletes permissions together with the token, so they are given again. */
async function makeAgain(client: ProxmoxWriter, want: Wanted, settings: Parameters, mark: Mark): Promise<void> {
  const all = await listAllEntries(client, `the permissions of the token ${idOf(want)} are unknown`);
  const entries = all.filter((entry) => entry.type === "token" && entry.subject === idOf(want));
  await client.remove(pathOfToken(want));
  await ask(client, "POST", want, settings, mark);
  for (const entry of entries) await giveAgain(client, entry);
}

const giveAgain = (client: ProxmoxWriter, { path, roleId, subject, propagates }: Entry): Promise<void> =>
  client.change("PUT", "/access/acl", { path, roles: roleId, tokens: subject, propagate: toFlag(propagates) });

async function ask(
  client: ProxmoxWriter,
  method: "POST" | "PUT",
  want: Wanted,
  parameters: Parameters,
  mark: Mark,
): Promise<void> {
  const { value } = await client.call(method, pathOfToken(want), parameters, apiSecret, names);
  // Both spellings are secrets.
  const whole = new Secret(`${idOf(want)}=${new Secret(value, purposeOf(want)).revealText()}`, purposeOf(want));
  await storeSecret(whole, want, mark);
}

const userMissing = (user: string): Error =>
  failure(
    `the user ${user} does not exist`,
    "proxmox.user.missing",
    "Create the user first, and take its id from the outputs of that resource",
  );
