import type { Shape, Values } from "@nixops4-resources/protocol-core";

/** Result of a generator: the secret value and its public parts. */
export interface Generated {
  /** Text is stored as UTF-8. */
  value: string | Uint8Array;
  /** Public parts by name: a public key, a certificate. */
  public: Record<string, string>;
  /** Expiry time in ISO 8601; null if the value does not expire. */
  expiresAt: string | null;
}

/** The source of a value, described without any secret. Equal JSON means the same origin. */
export type Origin = Readonly<Record<string, string | number>>;

/** One kind of secret. */
export interface Generator<Inputs extends Shape> {
  /** Describes the value and its public parts, in Markdown. */
  readonly description: string;
  /** Created on demand: the schemas of twenty generators would slow down every process. */
  readonly inputs: () => Inputs;
  /** Inputs that an earlier version called differently: the former name and the present one. */
  readonly formerNames?: Readonly<Record<string, keyof Inputs & string>>;
  /** For values derived from something else: another origin creates a new version automatically. */
  readonly origin?: OriginOf<Inputs>;
  /** Loads its modules on demand, such as node:crypto (7 ms). */
  generate(inputs: Values<Inputs>, origin: Origin): Promise<Generated>;
}

/** The input that names the source of a value. */
interface OriginOf<Inputs extends Shape> {
  readonly input: keyof Inputs & string;
  /** Returns the current origin. */
  identify(inputs: Values<Inputs>): Promise<Origin>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a method parameter of `unknown` would refuse every definition
export type AnyGenerator = Generator<any>;

export function defineGenerator<Inputs extends Shape>(generator: Generator<Inputs>): Generator<Inputs> {
  return generator;
}

/** A value without public parts and without expiry. */
export const onlyValue = (value: string | Uint8Array): Generated => ({ value, public: {}, expiresAt: null });
