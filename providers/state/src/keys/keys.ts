import { ProviderError, resolveSecret, type Secret, type SecretRef } from "@nixops4-resources/protocol-core";
import { DataKey, recipientsOf } from "@nixops4-resources/protocol-secrets";
import { damaged, type NumberedKey } from "../history/chain.ts";

/** A data key as it lies in the table. */
export interface StoredKey {
  readonly number: number;
  /** The `keyGeneration` that it was made for. */
  readonly generation: number;
  /** Public keys that it is wrapped to. */
  readonly recipients: readonly string[];
  readonly wrapped: Buffer;
}

export interface KeyInputs {
  readonly name: string;
  readonly identity: SecretRef;
  readonly recipients: readonly string[];
}

export interface NewKeyInputs extends KeyInputs {
  readonly keyGeneration: number;
}

export const readIdentity = ({ identity, name }: KeyInputs): Promise<Secret> =>
  resolveSecret(identity, `the identity of state ${name}`);

/** Everybody whose key is to open the state: the own identity is always among them, so that nobody locks himself out. */
export async function allRecipients(inputs: KeyInputs): Promise<string[]> {
  const own = await recipientsOf(await readIdentity(inputs));
  return [...new Set([...own, ...inputs.recipients])].sort();
}

/** A new data key, and the form in which the state's table stores it. */
export async function makeKey(want: NewKeyInputs, number: number): Promise<{ key: DataKey; stored: StoredKey }> {
  const recipients = await allRecipients(want);
  const key = await DataKey.make(recipients);
  const stored = { number, generation: want.keyGeneration, recipients, wrapped: Buffer.from(key.wrapped) };
  return { key, stored };
}

/** The data keys of a state, each opened when it is first needed. */
export class KeyRing {
  readonly #inputs: KeyInputs;
  readonly #stored: readonly StoredKey[];
  readonly #opened = new Map<number, Promise<DataKey>>();

  constructor(inputs: KeyInputs, stored: readonly StoredKey[]) {
    this.#inputs = inputs;
    this.#stored = stored;
  }

  /** Throws `secret.identity.mismatch` where our identity opens none, and `state.damaged` where there is no such key. */
  get(number: number): Promise<DataKey> {
    const key = this.#opened.get(number) ?? this.#open(number);
    this.#opened.set(number, key);
    return key;
  }

  /** The one that encrypts from now on. */
  async newest(): Promise<NumberedKey> {
    const number = Math.max(...this.#stored.map((stored) => stored.number));
    return { number, key: await this.get(number) };
  }

  async #open(number: number): Promise<DataKey> {
    const stored = this.#stored.find((candidate) => candidate.number === number);
    if (stored === undefined) throw damaged(`its data key ${number} is missing`);
    const identity = await readIdentity(this.#inputs);
    try {
      return await DataKey.unwrap(stored.wrapped, identity);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== "secret.identity.mismatch") throw error;
      throw new ProviderError(`it is encrypted to ${stored.recipients.join(" and ")}, and not to this identity`, {
        code: error.code,
        hint: "Let `identity` refer to the key of one of these, or let one who has such a key add this one to `recipients`",
        cause: error,
      });
    }
  }
}
