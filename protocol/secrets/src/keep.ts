// Secrets that a service generated, kept in a store for the resource that manages them at the service: `garage.key`.
import {
  isEqualJson,
  MarkChanged,
  ProviderError,
  type Mark,
  type Secret,
  type StoreRef,
} from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";
import { openSecretReader, openSecretWriter, type StorePlace } from "./open-store.ts";
import type { SecretWriter, Specification, StoredSecret } from "./store.ts";

/** The secret of one resource, without its value. */
export interface KeptSecret {
  readonly name: string;
  /** Deployment and type of the resource. */
  readonly mark: Mark;
  /** Tells the resource apart from others of its deployment: `{ garageKey: { name: "media" } }`. */
  readonly specification: Specification;
  /** What identifies the value without revealing it, such as the id of a key: an equal id means an equal value. */
  readonly public: Readonly<Record<string, string>>;
}

export interface NewKeptSecret extends KeptSecret {
  readonly value: Secret;
  /** Purpose of reading the stored value, if the store records it: `the secret of key media`. */
  readonly purpose: string;
  /** Whether a stored secret with another mark, or none, may be taken over if it has the same value. */
  mayTake(mark: Mark | undefined): boolean;
}

/** The stored secret; undefined if the store does not have one of that name. */
export async function lookAtSecret(place: StorePlace, name: string): Promise<StoredSecret | undefined> {
  await using store = await openSecretReader(place);
  return await store.look(name);
}

/** Whether the stored secret is that of this resource, in some version. */
export const belongsTo = ({ mark, specification }: StoredSecret, wanted: KeptSecret): boolean =>
  isOfDeployment(mark, wanted) && isEqualJson(specification, wanted.specification);

/** Whether the store has exactly this value. */
export const isKept = (stored: StoredSecret, wanted: KeptSecret): boolean =>
  belongsTo(stored, wanted) && isDescribedAs(stored, wanted);

/** Whether the secret of this resource was left in the store without its mark, as a destroy with `retain` does. */
export const isReleased = (stored: StoredSecret, wanted: KeptSecret): boolean =>
  stored.mark === undefined && isDescribedAs(stored, wanted);

const isDescribedAs = ({ specification, current }: StoredSecret, wanted: KeptSecret): boolean =>
  isEqualJson(specification, wanted.specification) && isEqualJson(current.public, wanted.public);

/** Why the stored secret may not be replaced. */
export function secretTaken({ name, mark }: StoredSecret, wanted: KeptSecret): ProviderError {
  const owner =
    mark === undefined
      ? "carries no mark of a deployment"
      : isOfDeployment(mark, wanted)
        ? "belongs to another resource of this deployment"
        : `belongs to the deployment ${mark.managedBy}`;
  return new ProviderError<ErrorCode>(`the secret ${name} exists in the store, and ${owner}`, {
    code: "secret.store.taken",
    hint: "Set `secretName` to a name that is free",
  });
}

/**
 * Throws `secret.store.taken` if a new value cannot go to the store. A look tolerates a mark that may be taken over: it may
 * be the rest of an object that another process is deleting.
 */
export async function requireFreeSecret(
  place: StorePlace,
  wanted: KeptSecret,
  isTolerated: (mark: Mark | undefined) => boolean = () => false,
): Promise<void> {
  const stored = await lookAtSecret(place, wanted.name);
  if (stored !== undefined && !belongsTo(stored, wanted) && !isTolerated(stored.mark)) {
    throw secretTaken(stored, wanted);
  }
}

/**
 * Puts the value into the store, unless it is there, and returns a reference to its version. Throws `AlreadyExists` or
 * `MarkChanged` if another process was faster, and `secret.store.taken` if the name belongs to something else.
 */
export async function keepSecret(place: StorePlace, wanted: NewKeptSecret): Promise<StoreRef> {
  await using store = await openSecretWriter(place);
  const stored = await store.look(wanted.name);
  if (stored === undefined) {
    await store.create({ ...newValue(wanted), name: wanted.name, mark: wanted.mark, recipients: [], graceSeconds: 0 });
  } else {
    await replace(store, stored, wanted);
  }
  const kept = await store.look(wanted.name);
  if (kept === undefined || !isKept(kept, wanted)) throw new MarkChanged();
  return refTo(place, kept);
}

async function replace(store: SecretWriter, stored: StoredSecret, wanted: NewKeptSecret): Promise<void> {
  const { name, mark, purpose, value } = wanted;
  const { version, id } = stored.current;
  const current = await store.reveal(name, version, purpose, id);
  const isSame = current.value.revealBytes().equals(value.revealBytes());
  if (!belongsTo(stored, wanted)) {
    const isFree = isReleased(stored, wanted) || wanted.mayTake(stored.mark);
    if (!isSame || !isFree) throw secretTaken(stored, wanted);
    await store.change(name, { mark }, { mark: stored.mark });
  }
  if (isSame && isDescribedAs(stored, wanted)) return;
  const expected = belongsTo(stored, wanted) ? stored.mark : mark;
  if (!(await store.addVersion(name, version, newValue(wanted), { mark: expected }))) throw new MarkChanged();
}

const newValue = ({ value, specification, public: parts }: NewKeptSecret) => ({
  value,
  specification,
  generation: 1,
  public: parts,
  expiresAt: null,
});

/** Removes the secret, if it is that of this resource. Returns whether it was there. */
export async function dropSecret(place: StorePlace, wanted: KeptSecret): Promise<boolean> {
  await using store = await openSecretWriter(place);
  const stored = await store.look(wanted.name);
  if (stored === undefined || !belongsTo(stored, wanted)) return false;
  await store.remove(wanted.name, { mark: stored.mark });
  return true;
}

/** Removes only the mark of the secret, if it is that of this resource. */
export async function releaseSecret(place: StorePlace, wanted: KeptSecret): Promise<void> {
  await using store = await openSecretWriter(place);
  const stored = await store.look(wanted.name);
  if (stored !== undefined && belongsTo(stored, wanted)) {
    await store.change(wanted.name, { mark: null }, { mark: stored.mark });
  }
}

/** A reference to the current version of a stored secret. */
export const refTo = (place: StorePlace, { name, current: { version, id } }: StoredSecret): StoreRef => ({
  store: { name, version, id, ...place },
});

const isOfDeployment = (mark: Mark | undefined, { mark: { managedBy, type } }: KeptSecret): boolean =>
  mark?.managedBy === managedBy && mark.type === type;
