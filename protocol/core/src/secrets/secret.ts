import { inspect } from "node:util";
import { currentContext } from "../request/context.ts";

/** The value of a secret. It prints as `[secret]` everywhere; only `reveal` returns the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    currentContext().secrets.add(value);
  }

  /** Returns the value. Call it only where the value is used. */
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

/** The text without the secrets of the current request and of all other requests in progress. */
export const scrub = (text: string): string => currentContext().secrets.scrub(text);
