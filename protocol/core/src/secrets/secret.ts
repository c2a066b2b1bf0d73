import { isUtf8 } from "node:buffer";
import { inspect } from "node:util";
import { ProviderError } from "../report/error.ts";
import { currentContext } from "../request/context.ts";

/**
 * A secret's value: bytes, exactly as their source has them. It prints as `[secret]` everywhere; only the methods that
 * begin with `reveal` return it.
 */
export class Secret {
  readonly #bytes: Buffer;
  readonly #what: string;

  /** `what` says whose secret it is, such as `the password of role app`. */
  constructor(value: string | Uint8Array, what = "the secret") {
    this.#bytes = typeof value === "string" ? Buffer.from(value) : Buffer.from(value);
    this.#what = what;
    const { secrets } = currentContext();
    secrets.add(flawOfText(this.#bytes) === undefined ? this.#bytes.toString() : this.#bytes);
    secrets.own(this.#bytes);
  }

  /** The exact bytes, for the moment of their use. The caller does not change them. */
  revealBytes(): Buffer {
    return this.#bytes;
  }

  /**
   * The value for a destination that needs text, such as a password: without one final newline, which editors and `echo`
   * add. Throws `secret.text.invalid` unless it is valid UTF-8 without NUL.
   */
  revealText(): string {
    const flaw = flawOfText(this.#bytes);
    if (flaw === undefined) return withoutNewline(this.#bytes.toString());
    throw new ProviderError(`${this.#what} must be text, but ${flaw}`, {
      code: "secret.text.invalid",
      hint: "Store the value as UTF-8 text, or encode it first, for example with base64",
    });
  }

  /** The value for a header of HTTP. Throws `secret.text.header` unless it is one line of printable ASCII. */
  revealHeader(): string {
    const text = this.revealText();
    if (/^[ -~]*$/.test(text)) return text;
    throw new ProviderError(`${this.#what} must be one line of printable ASCII, since it is sent in an HTTP header`, {
      code: "secret.text.header",
      hint: "Store only the token, without a label, a line break or letters outside ASCII",
    });
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

const withoutNewline = (text: string): string => text.replace(/\r?\n$/, "");

function flawOfText(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return "it is not valid UTF-8";
  return bytes.includes(0) ? "it contains the character NUL" : undefined;
}
