import {
  defineResource,
  MarkChanged,
  readMark,
  requireMark,
  Secret,
  somethingElse,
  type Seen,
} from "@nixops4-resources/protocol-core";
import { dropSecret, refTo, releaseSecret, requireFreeSecret } from "@nixops4-resources/protocol-secrets";
import type { GarageReader } from "../admin/reader.ts";
import { connectReader, connectWriter } from "../admin/writer.ts";
import { connection } from "../connection.ts";
import { choose, listed, mayTake, ownNamesakes } from "../named/choose.ts";
import { whileNamed } from "../named/lock.ts";
import { nameWith, wordsIn } from "../named/name.ts";
import { allTokens, createToken, remakeToken, removeSurplus, type StoredToken } from "./create.ts";
import { inputs, outputs, type Wanted } from "./inputs.ts";
import { seenSettings, toApi } from "./settings.ts";
import { findSecret, keptOf, storeSecret } from "./stored.ts";

export default defineResource({
  type: "admin_token",
  description:
    "A token for the admin API, with the calls that it permits. Garage shows its secret only once; it goes to a secret store. Needs Garage 2.0.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs,
  outputs,
  immutable: {
    name: "Declare a token of the new name, and destroy this one when nothing uses it any more",
    secretName: "The secret would stay in the store under its old name: declare another token, and destroy this one",
  },
  stableOutputs: [],
  leastRights:
    "The admin token needs the scopes `ListAdminTokens`, `GetAdminTokenInfo`, `CreateAdminToken` and `UpdateAdminToken`; `DeleteAdminToken` to delete. `store` needs what the provider `secrets` needs there.",
  example: {
    name: "metrics",
    scopes: ["Metrics"],
    store: { directory: { folder: "/srv/secrets", identity: { file: "/root/secrets-identity" } } },
    secretName: "garage/metrics-token",
  },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(garage, want) {
    const all = await allTokens(garage);
    const token = choose(all, want);
    if (token === undefined) {
      if (garage.needsSecrets) await requireFreeSecret(want.store, keptOf(want), (mark) => mayTake(mark, want));
      return undefined;
    }
    return await see(garage, want, token, ownNamesakes(all, want).length > 1);
  },

  create: async (garage, want, mark) => whileNamed("admin token", want, () => createToken(garage, want, mark)),

  update: async (
    garage,
    want,
    {
      changed,
      mark,
      seen: {
        outputs: { tokenId },
      },
    },
  ) =>
    whileNamed("admin token", want, async () => {
      const token = await garage.token(tokenId);
      if (token === undefined) throw new MarkChanged();
      requireMark(readMark(token.name), mark);
      const found = changed.has("store") ? await findSecret(want, token) : null;
      if (found === undefined) return await remakeToken(garage, want, mark);
      if (found instanceof Secret) await storeSecret(tokenId, found, want);
      if (changed.has("store")) await removeSurplus(garage, want, tokenId);
      if (changed.has("scopes") || changed.has("expiresAt")) await garage.updateToken(tokenId, toApi(want));
    }),

  // A killed destroy may have left the secret.
  removeUnfinished: async (_garage, want) => dropSecret(want.store, keptOf(want)),

  delete: async (garage, want, { mark, outputs: { tokenId } }) =>
    whileNamed("admin token", want, async () => {
      const token = await garage.token(tokenId);
      if (token !== undefined) {
        requireMark(readMark(token.name), mark);
        await garage.deleteToken(tokenId);
      }
      for (const { id } of ownNamesakes(await allTokens(garage), want)) await garage.deleteToken(id);
      await dropSecret(want.store, keptOf(want));
    }),

  setMark: async (garage, want, mark, expected) =>
    whileNamed("admin token", want, async () => {
      const all = await allTokens(garage);
      const token = choose(all, want);
      if (token === undefined) throw new MarkChanged();
      requireMark(readMark(token.name), expected);
      if (ownNamesakes(all, want).length > 1) await removeSurplus(garage, want, token.id);
      // First, since a repeated destroy no longer gets here if the token has no mark.
      if (mark === undefined) await releaseSecret(want.store, keptOf(want));
      await garage.updateToken(token.id, { name: nameWith(token.name, mark) });
    }),

  list: async (garage, managedBy) => listed(await allTokens(garage), managedBy, "admin_token"),
});

async function see(
  garage: GarageReader,
  want: Wanted,
  token: StoredToken,
  /** Whether there are younger tokens of ours of this name. A create whose process died can leave one, whose secret nobody knows. */
  hasSurplus: boolean,
): Promise<Seen<typeof inputs, typeof outputs>> {
  const found = garage.needsSecrets ? await findSecret(want, token) : undefined;
  const stored = found instanceof Secret ? undefined : found;
  return {
    mark: readMark(token.name),
    inputs: {
      name: wordsIn(token.name),
      ...(garage.needsSecrets && { store: stored === undefined || hasSurplus ? somethingElse : want.store }),
      ...seenSettings(token, want),
    },
    outputs: { tokenId: token.id, secretToken: stored === undefined ? null : refTo(want.store, stored) },
  };
}
