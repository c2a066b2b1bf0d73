import { InvalidValue } from "./malformed.ts";
import { octetOf, octetToText, piecesOf } from "./name.ts";

/** One word of a value in the presentation format of zone files (RFC 1035, section 5.1). */
export interface Word {
  /** As it is written, without the quotes around it. */
  readonly text: string;
  readonly isQuoted: boolean;
}

/** The words of one value, taken from the left. */
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

  next(what: string): Word {
    const word = this.#words.shift();
    if (word === undefined) throw new InvalidValue(`${what} too, at the end of ${JSON.stringify(this.#whole)}`);
    return word;
  }

  /** All that are left; at least one. */
  rest(what: string): Word[] {
    return [this.next(what), ...this.#words.splice(0)];
  }

  /** Throws where there is a word too many. */
  end(): void {
    const word = this.#words[0];
    if (word !== undefined) throw new InvalidValue(`nothing behind it, not ${JSON.stringify(word.text)}`);
  }
}

function splitWords(text: string): Word[] {
  // Nearly all values are one of these, which need no look at their single characters.
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
      // A parameter of SVCB may have its value in quotes: alpn="h2,h3".
      word ??= { text: "", isQuoted: true };
      isInQuotes = true;
    } else if (/^[;()"]$/.test(piece)) {
      throw new InvalidValue(`text with ${piece} in double quotes or behind a backslash, not ${JSON.stringify(text)}`);
    } else {
      word = { text: (word?.text ?? "") + piece, isQuoted: word?.isQuoted ?? false };
    }
  }
  if (isInQuotes) throw new InvalidValue(`a closing quote too, in ${JSON.stringify(text)}`);
  end();
  return words;
}

/** The octets of a word: escapes resolved, everything else in UTF-8. */
export function octetsOf(text: string): Buffer {
  if (!text.includes("\\")) return Buffer.from(text, "utf8");
  const pieces = text.match(/\\(?:\d{3}|[^]|$)|[^\\]+/g) ?? [];
  return Buffer.concat(
    pieces.map((piece) => (piece.startsWith("\\") ? Uint8Array.of(octetOf(piece)) : Buffer.from(piece, "utf8"))),
  );
}

/** Octets as a word in quotes. */
export function quoted(octets: Buffer): string {
  const plain = octets.toString("latin1");
  if (/^[ -~]*$/.test(plain)) return `"${plain.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  let text = "";
  for (const octet of octets) text += octetToText(octet, '"\\', true);
  return `"${text}"`;
}
