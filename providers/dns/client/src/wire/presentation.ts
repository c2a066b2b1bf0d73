import { InvalidValue } from "./errors.ts";
import { octetOf, octetToText, piecesOf } from "./name.ts";

/** One word of a value in the presentation format of zone files (RFC 1035, section 5.1). */
export interface Word {
  /** As written, without the enclosing quotes. */
  readonly text: string;
  readonly isQuoted: boolean;
}

/** The words of one value, consumed from the left. */
export class Words {
  readonly #words: Word[];
  readonly #whole: string;

  constructor(text: string) {
    this.#whole = text;
    this.#words = splitWords(text);
  }

  get isAtEnd(): boolean {
    return this.#words.length === 0;
  }

  next(): Word {
    const word = this.#words.shift();
    if (word === undefined) throw new InvalidValue(`one more word at the end of ${JSON.stringify(this.#whole)}`);
    return word;
  }

  /** The remaining words. Throws if none is left. */
  rest(): Word[] {
    return [this.next(), ...this.#words.splice(0)];
  }

  /** Throws if a word is left. */
  end(): void {
    const word = this.#words[0];
    if (word !== undefined) throw new InvalidValue(`nothing after the last field, not ${JSON.stringify(word.text)}`);
  }
}

function splitWords(text: string): Word[] {
  // Fast paths for nearly all values: no special characters, or only quoted strings.
  if (!/["\\;()]/.test(text))
    return text.split(/\s+/).flatMap((word) => (word === "" ? [] : [{ text: word, isQuoted: false }]));
  if (/^(?:"(?:[^"\\]|\\[^])*"\s*)+$/.test(text)) {
    return [...text.matchAll(/"((?:[^"\\]|\\[^])*)"/g)].map(([, word = ""]) => ({ text: word, isQuoted: true }));
  }
  const words: Word[] = [];
  let word: { text: string; isQuoted: boolean } | undefined;
  let isInQuotes = false;
  const end = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (const piece of piecesOf(text)) {
    if (isInQuotes ? piece === '"' : /^\s$/.test(piece)) {
      end();
      isInQuotes = false;
    } else if (isInQuotes) {
      word = { text: (word?.text ?? "") + piece, isQuoted: true };
    } else if (piece === '"' && (word === undefined || word.text.endsWith("="))) {
      // The value of a SVCB parameter may be quoted: alpn="h2,h3".
      word ??= { text: "", isQuoted: true };
      isInQuotes = true;
    } else if (/^[;()"]$/.test(piece)) {
      throw new InvalidValue(`text with ${piece} in double quotes or after a backslash, not ${JSON.stringify(text)}`);
    } else {
      word = { text: (word?.text ?? "") + piece, isQuoted: word?.isQuoted ?? false };
    }
  }
  if (isInQuotes) throw new InvalidValue(`text with a closing quote, not ${JSON.stringify(text)}`);
  end();
  return words;
}

/** The octets of a word, with escapes resolved and everything else in UTF-8. */
export function octetsOf(text: string): Buffer {
  if (!text.includes("\\")) return Buffer.from(text, "utf8");
  const pieces = text.match(/\\(?:\d{3}|[^]|$)|[^\\]+/g) ?? [];
  return Buffer.concat(
    pieces.map((piece) => (piece.startsWith("\\") ? Uint8Array.of(octetOf(piece)) : Buffer.from(piece, "utf8"))),
  );
}

/** Octets as a quoted word. */
export function quoted(octets: Buffer): string {
  const plain = octets.toString("latin1");
  if (/^[ -~]*$/.test(plain)) return `"${plain.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  let text = "";
  for (const octet of octets) text += octetToText(octet, '"\\', true);
  return `"${text}"`;
}
