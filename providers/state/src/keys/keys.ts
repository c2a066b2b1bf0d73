import { ProviderError, resolveSecret, type Secret, type SecretRef } from "@nixops4-resources/protocol-core";
import { DataKey, recipientsOf } from "@nixops4-resources/protocol-secrets";
import { damaged, type NumberedKey } from "../history/chain.ts";

/** A data key as stored in the table. */
export interface StoredKey {
  readonly number: number;
  /** The `keyGeneration` for which it was created. */
  readonly generation: number;
  /** Public keys to which it is wrapped. */
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

const readIdentity = ({ identity, name }: KeyInputs): Promise<Secret> =>
  resolveSecret(identity, `the identity of state ${name}`);

/** All wanted recipients. They always include the own identity, so that nobody locks themselves out. */
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

/** The data keys of a state, each unwrapped on first use. */
export class KeyRing {
  readonly #inputs: KeyInputs;
  readonly #stored: readonly StoredKey[];
  readonly #opened = new Map<number, Promise<DataKey>>();

  constructor(inputs: KeyInputs, stored: readonly StoredKey[]) {
    this.#inputs = inputs;
    this.#stored = stored;
  }

  /** Throws `secret.identity.mismatch` if our identity is no recipient, and `state.damaged` if the key is missing. */
  get(number: number): Promise<DataKey> {
    const key = this.#opened.get(number) ?? this.#open(number);
    this.#opened.set(number, key);
    return key;
  }

  /** The key that encrypts new events. */
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
      throw new ProviderError(`it is encrypted to ${stored.recipients.join(" and ")}, but not to this identity`, {
        code: error.code,
        hint: "Set `identity` to the key of one of these recipients, or ask its owner to add this key to `recipients`",
        cause: error,
      });
    }
  }
}
