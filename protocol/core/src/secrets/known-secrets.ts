const known = new Set<KnownSecrets>();

/** The secrets of one request or of the state stores. Until disposal, they are scrubbed from all output of the process. */
export class KnownSecrets implements Disposable {
  /** Each value in every encoding in which it could appear in a message. */
  readonly #spellings = new Set<string>();

  constructor() {
    known.add(this);
  }

  add(value: string): void {
    for (const part of [value, ...value.split(/\r?\n/)]) {
      if (part.trim() === "") continue;
      this.#spellings.add(part);
      this.#spellings.add(JSON.stringify(part).slice(1, -1));
      this.#spellings.add(encodeURIComponent(part.toWellFormed()));
      this.#spellings.add(Buffer.from(part).toString("base64"));
    }
  }

  /** The text without these secrets, and without all others that are not disposed. */
  scrub(text: string): string {
    const found = new Set<string>();
    for (const secrets of known.has(this) ? known : [this, ...known]) {
      for (const spelling of secrets.#spellings) if (text.includes(spelling)) found.add(spelling);
    }
    // Longest first, since one secret may be a part of another.
    return [...found].sort((a, b) => b.length - a.length).reduce(without, text);
  }

  /** Forgets the secrets. Only `scrub` of this object still knows them. */
  [Symbol.dispose](): void {
    known.delete(this);
  }
}

/** A short secret may be a part of any word. So only whole words are replaced, to keep the message readable. */
function without(text: string, spelling: string): string {
  if (spelling.length >= 8) return text.replaceAll(spelling, "[secret]");
  const pattern = spelling.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(String.raw`(?<![\p{L}\p{N}_])${pattern}(?![\p{L}\p{N}_])`, "gu"), "[secret]");
}
