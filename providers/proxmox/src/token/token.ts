import { defineResource, Secret, somethingElse, type Seen } from "@nixops4-resources/protocol-core";
import { dropSecret, refTo, releaseSecret, requireFreeSecret } from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import { isRejected } from "../api/failure.ts";
import { connectReader, type ProxmoxReader } from "../api/reader.ts";
import { connectWriter } from "../api/writer.ts";
import { commentWith } from "../comment.ts";
import { connection } from "../connection.ts";
import { requireMarked, whileLocked } from "../lock.ts";
import { listAccounts } from "../user/look.ts";
import { requireForeign } from "./guards.ts";
import { idOf, inputs, outputs, type Wanted } from "./inputs.ts";
import { createToken, renewSecret } from "./make.ts";
import { findToken, pathOfToken, type Token } from "./look.ts";
import { names, seenSettings, toParameters } from "./settings.ts";
import { findSecret, keptOf, mayTake, storeSecret } from "./stored.ts";

/** Proxmox answers a change with the settings; the next look reads them. */
const apiSettings = z.object({});

export default defineResource({
  type: "token",
  description:
    "An API token of a user. Proxmox shows its secret only once; it goes to a secret store before the resource succeeds. A line of its comment is the mark of the deployment.",
  requireState: false,
  identity: ["user", "name"],
  connection,
  inputs,
  outputs,
  immutable: {
    user: "Declare a token of the other user, and destroy this one when nothing uses it any more",
    name: "Declare a token of the new name, and destroy this one when nothing uses it any more",
    secretName: "The secret would stay in the store under its old name: declare another token, and destroy this one",
  },
  stableOutputs: ["tokenId"],
  leastRights:
    "The token of `connection` needs `User.Modify` on the path `/access/groups`. Before Proxmox VE 9.2, to replace a lost secret it needs `Permissions.Modify` on `/` with propagation, too: the token is made again there, and gets its permissions again. `store` needs what the provider `secrets` needs there.",
  example: {
    user: "shop@pve",
    name: "deploy",
    store: { directory: { folder: "/srv/secrets", identity: { file: "/root/secrets-identity" } } },
    secretName: "proxmox/shop-token",
  },

  label: (want) => idOf(want),
  connectReader,
  connectWriter,

  async read(client, want) {
    const token = await findToken(client, want);
    if (token === undefined) {
      if (client.needsSecrets) await requireFreeSecret(want.store, keptOf(want), (mark) => mayTake(mark, want));
      return undefined;
    }
    return await see(client, want, token);
  },

  create: (client, want, mark) => whileLocked("token", idOf(want), () => createToken(client, want, mark)),

  update: (client, want, { changed, mark }) =>
    whileLocked("token", idOf(want), async () => {
      const token = requireMarked(await findToken(client, want), mark);
      const found = changed.has("store") ? await findSecret(client, want, token) : null;
      if (found === undefined) return await renewSecret(client, want, token, mark);
      if (found instanceof Secret) await storeSecret(found, want, mark);
      if (!changed.has("privilegeSeparation") && !changed.has("expiresAt") && !changed.has("comment")) return;
      const comment = commentWith(want.comment ?? token.words, mark);
      await client.call("PUT", pathOfToken(want), { ...toParameters(want), comment }, apiSettings, names);
    }),

  // A killed destroy may have left the secret.
  removeUnfinished: async (_client, want) => dropSecret(want.store, keptOf(want)),

  delete: (client, want, { mark }) =>
    whileLocked("token", idOf(want), async () => {
      const token = await findToken(client, want);
      if (token !== undefined) {
        requireMarked(token, mark);
        await requireForeign(client, want, "deletes");
        try {
          await client.remove(pathOfToken(want));
        } catch (error) {
          if (!isRejected(error) || (await findToken(client, want)) !== undefined) throw error;
        }
      }
      await dropSecret(want.store, keptOf(want));
    }),

  setMark: (client, want, mark, expected) =>
    whileLocked("token", idOf(want), async () => {
      const { words } = requireMarked(await findToken(client, want), expected);
      // First, since a repeated destroy no longer gets here if the token has no mark.
      if (mark === undefined) await releaseSecret(want.store, keptOf(want));
      await client.call("PUT", pathOfToken(want), { comment: commentWith(words, mark) }, apiSettings, names);
    }),

  async list(client, managedBy) {
    const accounts = await listAccounts(client);
    return accounts.flatMap(({ user, token: name, mark }) =>
      name !== undefined && mark?.managedBy === managedBy && mark.type === "token"
        ? [{ label: idOf({ user, name }), inputs: { user, name }, mark }]
        : [],
    );
  },
});

async function see(client: ProxmoxReader, want: Wanted, token: Token): Promise<Seen<typeof inputs, typeof outputs>> {
  const found = client.needsSecrets ? await findSecret(client, want, token) : undefined;
  const stored = found instanceof Secret ? undefined : found;
  return {
    mark: token.mark,
    inputs: {
      user: want.user,
      name: want.name,
      ...(client.needsSecrets && { store: stored === undefined ? somethingElse : want.store }),
      ...seenSettings(token, want),
    },
    outputs: { tokenId: idOf(want), secret: stored === undefined ? null : refTo(want.store, stored) },
  };
}
