import type { Shape, Values } from "@nixops4-resources/protocol-core";

/** What a generator makes: one text that is secret, and what everybody may know of it. */
export interface Generated {
  value: string;
  /** By name: a public key, a certificate. */
  public: Record<string, string>;
  /** The time from which on it is of no use, in ISO 8601; null where there is none. */
  expiresAt: string | null;
}

/** What a value was made from, told without any secret: equal JSON is the same origin. */
export type Origin = Readonly<Record<string, string | number>>;

/** One kind of secret. */
export interface Generator<Inputs extends Shape> {
  /** What it makes: the value, and its public parts by name. In Markdown. */
  readonly description: string;
  /** Its inputs; made only when they are met, since twenty kinds of them would cost every process. */
  readonly inputs: () => Inputs;
  /** For what is made from something else: another origin gives another version, by itself. */
  readonly origin?: OriginOf<Inputs>;
  /** Loads what it needs by itself, such as node:crypto (7 ms). */
  generate(inputs: Values<Inputs>, origin: Origin): Promise<Generated>;
}

/** The input that says what a value is made from. */
interface OriginOf<Inputs extends Shape> {
  readonly input: keyof Inputs & string;
  /** Which one it is right now. */
  identify(inputs: Values<Inputs>): Promise<Origin>;
}

/** A generator whose particulars do not matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- a method parameter of `unknown` would refuse every definition
export type AnyGenerator = Generator<any>;

export function defineGenerator<Inputs extends Shape>(generator: Generator<Inputs>): Generator<Inputs> {
  return generator;
}

/** A value without public parts and without an end. */
export const onlyValue = (value: string): Generated => ({ value, public: {}, expiresAt: null });
