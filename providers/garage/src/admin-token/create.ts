import { AlreadyExists, Secret, type Mark } from "@nixops4-resources/protocol-core";
import { requireFreeSecret } from "@nixops4-resources/protocol-secrets";
import type { GarageReader } from "../admin/reader.ts";
import type { ApiToken } from "../admin/shapes.ts";
import type { GarageWriter } from "../admin/writer.ts";
import { namesakes, ownNamesakes, surplusBeside, type Named } from "../named/choose.ts";
import { nameWith } from "../named/name.ts";
import type { Wanted } from "./inputs.ts";
import { toApi } from "./settings.ts";
import { keptOf, purposeOf, storeSecret } from "./stored.ts";

/** A token that is not the one of Garage's configuration. */
export type StoredToken = ApiToken & Named;

const hasId = (token: ApiToken): token is StoredToken => token.id !== null && token.id !== "";

export const allTokens = async (garage: GarageReader): Promise<StoredToken[]> => (await garage.tokens()).filter(hasId);

/**
 * Creates the token with its mark, and stores its secret. Throws AlreadyExists if another process was faster. Runs under the
 * lock of the name.
 */
export async function createToken(garage: GarageWriter, want: Wanted, mark: Mark): Promise<void> {
  if (namesakes(await allTokens(garage), want).length > 0) throw new AlreadyExists(want.name);
  await requireFreeSecret(want.store, keptOf(want));
  const { token, secret } = await garage.createToken({ name: nameWith(want.name, mark), ...toApi(want) });
  const value = new Secret(secret, purposeOf(want));
  if (!hasId(token)) throw new TypeError("The server shows no id of the token");
  // Names are not unique, so of two that another machine creates at once, the older one stays.
  const [oldest] = ownNamesakes(await allTokens(garage), want);
  if (oldest?.id !== token.id) {
    await garage.deleteToken(token.id);
    throw new AlreadyExists(want.name);
  }
  await storeSecret(token.id, value, want);
}

/** Replaces the token, whose secret nobody knows any more. */
export async function remakeToken(garage: GarageWriter, want: Wanted, mark: Mark): Promise<void> {
  for (const { id } of ownNamesakes(await allTokens(garage), want)) await garage.deleteToken(id);
  await createToken(garage, want, mark);
}

/** Deletes our tokens of this name but the given one, which must be the oldest. Runs under the lock of the name. */
export async function removeSurplus(garage: GarageWriter, want: Wanted, tokenId: string): Promise<void> {
  for (const { id } of surplusBeside(tokenId, await allTokens(garage), want)) await garage.deleteToken(id);
}
