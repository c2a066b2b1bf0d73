// The secret of a token in its store. Its part before the dot is the token's id.
import { readMark, type Mark, type Secret } from "@nixops4-resources/protocol-core";
import {
  belongsTo,
  isKept,
  isReleased,
  keepSecret,
  lookAtSecret,
  openSecretReader,
  secretTaken,
  type KeptSecret,
  type StoredSecret,
} from "@nixops4-resources/protocol-secrets";
import { failure } from "../admin/failure.ts";
import type { ApiToken } from "../admin/shapes.ts";
import { isOurs, mayTake } from "../named/choose.ts";
import type { Inputs, Wanted } from "./inputs.ts";

/** `id` is empty where only the owner of the stored secret matters. */
export function keptOf({ name, secretName, managedBy }: Inputs & { managedBy: string }, id = ""): KeptSecret {
  const mark: Mark = { managedBy, type: "admin_token" };
  return { name: secretName, mark, specification: { garageAdminToken: { name } }, public: { tokenId: id } };
}

/**
 * The stored secret, if it is that of the token; its value alone, if a person or another deployment stored it and it may be
 * taken over; undefined if it is not there. Throws if the name belongs to something else, or if the token was not created
 * by us and its secret is not there.
 */
export async function findSecret(want: Wanted, token: ApiToken): Promise<StoredSecret | Secret | undefined> {
  const kept = keptOf(want, token.id ?? "");
  const stored = await lookAtSecret(want.store, kept.name);
  if (stored !== undefined && isKept(stored, kept)) return stored;
  const mark = readMark(token.name);
  if (!isOurs(mark, want) && !mayTake(mark, want)) return undefined;
  if (stored !== undefined) {
    const isFree = belongsTo(stored, kept) || isReleased(stored, kept) || mayTake(stored.mark, want);
    if (!isFree) throw secretTaken(stored, kept);
    const value = await valueOf(want, stored);
    if (value.revealText().startsWith(`${token.id}.`)) return value;
    if (!belongsTo(stored, kept)) throw secretTaken(stored, kept);
  }
  if (isOurs(mark, want) && mark?.adopted !== true) return undefined;
  throw failure(
    "its secret is not in the store, and Garage shows it only when a token is created",
    "garage.token.secretUnknown",
    `Import it into the store as ${want.secretName} with \`nixops4-resources-secrets import\`, or declare a token of another name`,
  );
}

/** Puts the secret of the token into its store. */
export async function storeSecret(id: string, value: Secret, want: Wanted): Promise<void> {
  await keepSecret(want.store, {
    ...keptOf(want, id),
    value,
    purpose: purposeOf(want),
    mayTake: (mark) => mayTake(mark, want),
  });
}

async function valueOf(want: Wanted, { name, current }: StoredSecret): Promise<Secret> {
  await using reader = await openSecretReader(want.store);
  return (await reader.reveal(name, current.version, purposeOf(want), current.id)).value;
}

export const purposeOf = ({ name }: Inputs): string => `the secret of admin token ${name}`;
