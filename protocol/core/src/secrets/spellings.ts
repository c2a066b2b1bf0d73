/** A way in which a secret appears in a text. */
export interface Spelling {
  readonly text: string;
  /** Whether it is the middle of a longer base64 text, whose other characters then also depend on the secret. */
  readonly isInBase64: boolean;
}

/** Longer texts, such as a certificate, appear in messages as they are or not at all. */
const longestForAll = 4096;

/** The secret, and each of its lines, in every spelling that slips into a message. */
export function spellingsOf(secret: string | Uint8Array): Spelling[] {
  const bytes = Buffer.from(secret);
  // Would be found everywhere.
  if (bytes.toString("latin1").trim() === "") return [];
  const texts = typeof secret === "string" ? [secret] : [bytes.toString("utf8")];
  const parts = new Set(texts.flatMap((text) => [text, ...text.split(/\r?\n/)]));
  const spellings = [...parts].filter((part) => part.trim() !== "").flatMap(ofText);
  return typeof secret === "string" ? spellings : [...spellings, ...ofBytes(bytes)];
}

function ofText(text: string): Spelling[] {
  const json = JSON.stringify(text).slice(1, -1);
  const percent = encodeURIComponent(text.toWellFormed());
  const written = [text, json, percent];
  if (text.length <= longestForAll) {
    // Each changes nothing in a usual password, and then costs nothing.
    const strict = percent.replaceAll(/[!'()*~]/g, (mark) => `%${hexOf(mark, 2).toUpperCase()}`);
    for (const one of [percent, strict]) {
      const form = one.replaceAll("%20", "+");
      written.push(...[one, form].flatMap((each) => [each, each.replaceAll(/%../g, (octet) => octet.toLowerCase())]));
    }
    const ascii = json.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${hexOf(unit, 4)}`);
    written.push(
      ascii,
      ascii.replaceAll(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`),
    );
    const doubled = text.replaceAll("'", "''");
    // SQL, SQL's E'...', identifiers of SQL, a shell, XML.
    written.push(doubled, doubled.replaceAll("\\", "\\\\"), text.replaceAll('"', '""'));
    written.push(text.replaceAll("'", String.raw`\'`), text.replaceAll("'", String.raw`'\''`));
    written.push(text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"));
  }
  const plain = [...new Set(written)].map((each) => ({ text: each, isInBase64: false }));
  return [...plain, ...ofBytes(Buffer.from(text))];
}

function ofBytes(bytes: Buffer): Spelling[] {
  const whole = [bytes.toString("base64"), bytes.toString("base64url")];
  if (bytes.length > longestForAll) return whole.map((text) => ({ text, isInBase64: false }));
  const hex = bytes.toString("hex");
  const plain = new Set([...whole, whole[0]?.replace(/=+$/, "") ?? "", hex, hex.toUpperCase()]);
  return [...[...plain].map((text) => ({ text, isInBase64: false })), ...insideBase64(bytes)];
}

/**
 * What base64 makes of the secret inside another text, such as `user:password`: it depends on the length of the text before
 * it, modulo 3. The characters that also depend on the neighbours are left out.
 */
function insideBase64(bytes: Buffer): Spelling[] {
  return [0, 1, 2].flatMap((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    const [from, to] = [Math.ceil((before * 4) / 3), Math.floor((shifted.length * 4) / 3)];
    return (["base64", "base64url"] as const)
      .map((encoding) => shifted.toString(encoding).slice(from, to))
      .filter((text) => text.length >= 6)
      .map((text) => ({ text, isInBase64: true }));
  });
}

const hexOf = (character: string, digits: number): string => character.charCodeAt(0).toString(16).padStart(digits, "0");
