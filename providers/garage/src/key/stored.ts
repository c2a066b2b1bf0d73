// The secret of a generated key in its store.
import { readMark, Secret, type Mark } from "@nixops4-resources/protocol-core";
import {
  belongsTo,
  isKept,
  isReleased,
  keepSecret,
  lookAtSecret,
  secretTaken,
  type KeptSecret,
  type StorePlace,
  type StoredSecret,
} from "@nixops4-resources/protocol-secrets";
import type { ApiKey } from "../admin/shapes.ts";
import { isOurs, mayTake } from "../named/choose.ts";
import type { Wanted } from "./inputs.ts";

/** Where the secret goes. */
export interface Destination {
  readonly place: StorePlace;
  readonly kept: KeptSecret;
}

/** Undefined for an imported key. `id` is empty where only the owner of the stored secret matters. */
export function destinationOf({ store, secretName, name, managedBy }: Wanted, id = ""): Destination | undefined {
  if (store === null || secretName === null) return undefined;
  const mark: Mark = { managedBy, type: "key" };
  return {
    place: store,
    kept: { name: secretName, mark, specification: { garageKey: { name } }, public: { accessKeyId: id } },
  };
}

/**
 * The stored secret, if it is that of this key. Throws if the name belongs to something else and the request is going to
 * write there.
 */
export async function findStored(
  { place, kept }: Destination,
  want: Wanted,
  key: ApiKey,
): Promise<StoredSecret | undefined> {
  const stored = await lookAtSecret(place, kept.name);
  if (stored === undefined || isKept(stored, kept)) return stored;
  const mark = readMark(key.name);
  const isFree = belongsTo(stored, kept) || isReleased(stored, kept) || mayTake(stored.mark, want);
  const isClaimed = isOurs(mark, want) || mayTake(mark, want);
  if (isClaimed && !isFree) throw secretTaken(stored, kept);
  return undefined;
}

/** Puts the secret of the key into its store. */
export async function storeSecret(key: ApiKey, want: Wanted): Promise<void> {
  const destination = destinationOf(want, key.accessKeyId);
  if (destination === undefined) return;
  const { place, kept } = destination;
  const what = `the secret of key ${want.name}`;
  if (typeof key.secretAccessKey !== "string") throw new TypeError("The server shows no secret of the key");
  const value = new Secret(key.secretAccessKey, what);
  await keepSecret(place, { ...kept, value, purpose: what, mayTake: (mark) => mayTake(mark, want) });
}
