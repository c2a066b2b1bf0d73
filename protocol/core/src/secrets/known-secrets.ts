import { spellingsOf, type Spelling } from "./spellings.ts";

const known = new Set<KnownSecrets>();

/** Length of the beginnings by which spellings are found. */
const keyLength = 4;

/** The secrets of one request or of the state stores. All output of the process is scrubbed of them until disposal. */
export class KnownSecrets implements Disposable {
  /** All spellings by their first characters, so that the cost of a line depends on its length, not on the secrets. */
  readonly #byKey = new Map<string, Spelling[]>();
  /** Spellings that are shorter than a key. */
  readonly #short = new Map<string, Spelling>();
  readonly #texts = new Set<string>();
  readonly #bytes: Uint8Array[] = [];

  constructor() {
    known.add(this);
  }

  add(value: string | Uint8Array): void {
    for (const spelling of spellingsOf(value)) {
      if (this.#texts.has(spelling.text)) continue;
      this.#texts.add(spelling.text);
      const { text } = spelling;
      const key = text.slice(0, keyLength);
      if (text.length < keyLength) this.#short.set(text, spelling);
      else if (this.#byKey.has(key)) this.#byKey.get(key)?.push(spelling);
      else this.#byKey.set(key, [spelling]);
    }
  }

  /** Takes the bytes of a secret, which nobody needs any more after `wipe`. */
  own(bytes: Uint8Array): void {
    this.#bytes.push(bytes);
  }

  /** Overwrites the bytes with zeros, when all work with them has ended. */
  wipe(): void {
    for (const bytes of this.#bytes.splice(0)) bytes.fill(0);
  }

  /** The text without these secrets, and without all others that are not disposed. */
  scrub(text: string): string {
    const found: Range[] = [];
    for (const secrets of known.has(this) ? known : [this, ...known]) secrets.#find(text, found);
    return found.length === 0 ? text : without(text, found);
  }

  #find(text: string, found: Range[]): void {
    for (const spelling of this.#short.values()) {
      for (let at = text.indexOf(spelling.text); at >= 0; at = text.indexOf(spelling.text, at + 1)) {
        addRange(text, at, spelling, found);
      }
    }
    if (this.#byKey.size === 0) return;
    for (let at = 0; at + keyLength <= text.length; at++) {
      for (const spelling of this.#byKey.get(text.slice(at, at + keyLength)) ?? []) {
        if (text.startsWith(spelling.text, at)) addRange(text, at, spelling, found);
      }
    }
  }

  /** Forgets the secrets. Only `scrub` of this object still knows them. */
  [Symbol.dispose](): void {
    known.delete(this);
  }
}

interface Range {
  from: number;
  to: number;
}

const inWord = /[\p{L}\p{N}_]/u;
const inBase64 = /[A-Za-z0-9+/=_-]/;

function addRange(text: string, at: number, spelling: Spelling, found: Range[]): void {
  let [from, to] = [at, at + spelling.text.length];
  if (spelling.isInBase64) {
    while (from > 0 && inBase64.test(text.charAt(from - 1))) from--;
    while (to < text.length && inBase64.test(text.charAt(to))) to++;
  } else if (spelling.text.length < 8 && (isWord(text, from - 1) || isWord(text, to))) {
    // A short secret may be a part of any word: only whole words are replaced, so that the message stays readable.
    return;
  }
  found.push({ from, to });
}

const isWord = (text: string, at: number): boolean => inWord.test(text.charAt(at));

/** Ranges that overlap are replaced as one: one secret may be a part of another. */
function without(text: string, found: Range[]): string {
  found.sort((a, b) => a.from - b.from || b.to - a.to);
  let clean = "";
  let end = 0;
  for (const { from, to } of found) {
    if (from >= end) clean += `${text.slice(end, from)}[secret]`;
    end = Math.max(end, to);
  }
  return clean + text.slice(end);
}
