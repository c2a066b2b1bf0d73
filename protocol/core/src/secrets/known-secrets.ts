const known = new Set<KnownSecrets>();

/** The secrets of one request, or of whatever else resolves secrets. They are scrubbed from all output until disposal. */
export class KnownSecrets implements Disposable {
  /** Each value in every spelling in which it could slip into a message. */
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

  /** The text without these secrets and without those of everybody else that is alive. */
  scrub(text: string): string {
    const found = new Set<string>();
    for (const secrets of [this, ...known]) {
      for (const spelling of secrets.#spellings) if (text.includes(spelling)) found.add(spelling);
    }
    // The longest first: one secret may be a part of another.
    return [...found].sort((a, b) => b.length - a.length).reduce(without, text);
  }

  /** Forgets the secrets, except for `scrub` of this object itself. */
  [Symbol.dispose](): void {
    known.delete(this);
  }
}

/** A short secret may be a piece of any word, and the message must stay readable. */
function without(text: string, spelling: string): string {
  if (spelling.length >= 8) return text.replaceAll(spelling, "[secret]");
  const pattern = spelling.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(String.raw`(?<![\p{L}\p{N}_])${pattern}(?![\p{L}\p{N}_])`, "gu"), "[secret]");
}
