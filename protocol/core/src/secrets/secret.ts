import { inspect } from "node:util";

const resolved = new Set<string>();

/** A secret's value: prints as `[secret]` wherever it ends up; only `reveal` gives it away. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    remember(value);
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

/** The text without any secret that this process has resolved, in the spellings in which one could slip into a message. */
export function scrub(text: string): string {
  let clean = text;
  // The longest first: one secret may be a part of another.
  for (const value of [...resolved].sort((a, b) => b.length - a.length)) {
    clean = value.length < 8 ? replaceWord(clean, value) : clean.replaceAll(value, "[secret]");
  }
  return clean;
}

function remember(value: string): void {
  for (const part of [value, ...value.split(/\r?\n/)]) {
    if (part.trim() === "") continue;
    for (const spelling of [
      part,
      JSON.stringify(part).slice(1, -1),
      encodeURIComponent(part.toWellFormed()),
      Buffer.from(part).toString("base64"),
    ]) {
      resolved.add(spelling);
    }
  }
}

/** A short secret may be a piece of any word, and the message must stay readable. */
function replaceWord(text: string, word: string): string {
  const pattern = word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(String.raw`(?<![\p{L}\p{N}_])${pattern}(?![\p{L}\p{N}_])`, "gu"), "[secret]");
}
