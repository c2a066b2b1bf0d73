// The secret of a token in its store.
import { type Mark, type Secret } from "@nixops4-resources/protocol-core";
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
import { failure } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { partsOfToken, tokenIdOf } from "../api/token-text.ts";
import { idOf, type Wanted } from "./inputs.ts";
import type { Token } from "./look.ts";
import { secretIdIn } from "./secret-id.ts";

/** `mark` is that of the token; undefined where only the owner of the stored secret matters. */
export function keptOf(want: Wanted, mark?: Mark): KeptSecret {
  const secretId = secretIdIn(mark);
  const tokenId = idOf(want);
  return {
    name: want.secretName,
    mark: { managedBy: want.managedBy, type: "token" },
    specification: { proxmoxToken: { tokenId } },
    public: { tokenId, ...(secretId !== undefined && { secretId }) },
  };
}

/** Whether the inputs permit to take over an object with this mark. */
export const mayTake = (mark: Mark | undefined, { adopt, adoptFrom }: Wanted): boolean =>
  mark === undefined ? adopt : mark.managedBy === adoptFrom;

/**
 * The stored secret, if it is that of the token; its value alone, if a person or another deployment stored it, it may be
 * taken over, and Proxmox accepts it; undefined if it is not there. Throws if the name belongs to something else, or if the
 * token was not created by us and its secret is not there.
 */
export async function findSecret(
  client: ProxmoxReader,
  want: Wanted,
  { mark }: Token,
): Promise<StoredSecret | Secret | undefined> {
  const kept = keptOf(want, mark);
  const stored = await lookAtSecret(want.store, kept.name);
  if (stored !== undefined && isKept(stored, kept)) return stored;
  const isOurs = mark?.managedBy === want.managedBy;
  if (!isOurs && !mayTake(mark, want)) return undefined;
  const isCreated = isOurs && mark?.adopted !== true;
  if (stored !== undefined) {
    const isFree = belongsTo(stored, kept) || isReleased(stored, kept) || mayTake(stored.mark, want);
    if (!isFree) throw secretTaken(stored, kept);
    // Ours, of an earlier secret of the token.
    if (isCreated && belongsTo(stored, kept)) return undefined;
    const value = await valueOf(want, stored);
    const parts = partsOfToken(value.revealText());
    if (parts !== undefined && tokenIdOf(parts) === idOf(want) && (await client.accepts(parts))) return value;
    if (!belongsTo(stored, kept)) throw secretTaken(stored, kept);
  }
  if (isCreated) return undefined;
  throw failure(
    "its secret is not in the store, and Proxmox shows it only when it makes one",
    "proxmox.token.secretUnknown",
    `Import \`${idOf(want)}=UUID\` into the store as ${want.secretName} with \`nixops4-resources-secrets import\`, or declare a token of another name`,
  );
}

/** Puts the secret into its store. `mark` is that of the token. */
export async function storeSecret(value: Secret, want: Wanted, mark: Mark): Promise<void> {
  await keepSecret(want.store, {
    ...keptOf(want, mark),
    value,
    purpose: purposeOf(want),
    mayTake: (of) => mayTake(of, want),
  });
}

async function valueOf(want: Wanted, { name, current }: StoredSecret): Promise<Secret> {
  await using reader = await openSecretReader(want.store);
  return (await reader.reveal(name, current.version, purposeOf(want), current.id)).value;
}

export const purposeOf = (want: Wanted): string => `the secret of token ${idOf(want)}`;
