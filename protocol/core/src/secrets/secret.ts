import { inspect } from "node:util";
import { currentContext } from "../request/context.ts";

/** A secret's value. It prints as `[secret]` everywhere; only `reveal` returns it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    currentContext().secrets.add(value);
  }

  /** The value itself, for the moment of its use. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
  [inspect.custom](): string {
    return "[secret]";
  }
}

/** The text without the secrets of the current request and of all others that are in hand. */
export const scrub = (text: string): string => currentContext().secrets.scrub(text);
