import { domainToASCII } from "node:url";
import { InvalidValue, MalformedMessage } from "./errors.ts";
import type { Reader } from "./reader.ts";

/** RFC 1035, section 2.3.4. */
const longestLabel = 63;
const longestName = 255;

/**
 * The canonical spelling of a name: absolute, in lower case, IDN labels in ASCII, such as `www.example.org.`. A name
 * without a trailing dot is absolute too.
 */
export const canonicalName = (text: string): string => asPlain(text) ?? nameToText(labelsOf(text));

/** The canonical spelling of a name that lacks at most the trailing dot, as nearly all do; undefined for any other. */
function asPlain(text: string): string | undefined {
  const absolute = text.endsWith(".") ? text : `${text}.`;
  return absolute.length < longestName && /^(?:[a-z\d_*-]{1,63}\.)+$/.test(absolute) ? absolute : undefined;
}

/** The labels of a name, from left to right, in lower case and without the root's empty label. */
export function labelsOf(text: string): Buffer[] {
  if (text === ".") return [];
  const plain = asPlain(text);
  if (plain !== undefined)
    return plain
      .slice(0, -1)
      .split(".")
      .map((label) => Buffer.from(label, "latin1"));
  const labels = splitLabels(text).map((label) => labelFromText(label, text));
  if (labels.length > 1 && labels.at(-1)?.length === 0) labels.pop();
  if (labels.some(({ length }) => length === 0))
    throw new InvalidValue(`a name without empty labels, not ${quote(text)}`);
  if (labels.some(({ length }) => length > longestLabel)) {
    throw new InvalidValue(`a name whose labels have at most ${longestLabel} octets, not ${quote(text)}`);
  }
  if (wireLength(labels) > longestName)
    throw new InvalidValue(`a name of at most ${longestName} octets, not ${quote(text)}`);
  return labels;
}

/** The uncompressed wire format of a name. */
export function nameToWire(text: string): Buffer {
  const plain = asPlain(text);
  if (plain === undefined) {
    return Buffer.concat([
      ...labelsOf(text).flatMap((label) => [Uint8Array.of(label.length), label]),
      Uint8Array.of(0),
    ]);
  }
  // Each dot is replaced with the length of the label after it; the last dot becomes the root's zero.
  const wire = Buffer.from(`.${plain}`, "latin1");
  let length = 0;
  for (let at = wire.length - 1; at >= 0; at--) {
    const isDot = wire[at] === 0x2e;
    if (isDot) wire[at] = length;
    length = isDot ? 0 : length + 1;
  }
  return wire;
}

/**
 * Reads a name in its canonical spelling. A compression pointer (RFC 1035, section 4.1.4) must point before the part that
 * it ends, so that no message causes an endless loop.
 */
export function readName(reader: Reader, compression: "compressed" | "plain"): string {
  const { message } = reader;
  let name = "";
  let octets = 1;
  let start = reader.offset;
  let length = reader.u8();
  let next: (count: number) => Buffer = (count) => reader.take(count);
  for (;;) {
    if (length === 0) return name === "" ? "." : name;
    if (length >= 0xc0) {
      const target = ((length & 0x3f) << 8) | (next(1)[0] ?? 0);
      if (compression === "plain") throw new MalformedMessage("a name is compressed where compression is not allowed");
      if (target >= start) throw new MalformedMessage("a compressed name points forward");
      start = target;
      let offset = target;
      next = (count) => {
        if (offset + count > message.length) throw new MalformedMessage("the message ends within a name");
        offset += count;
        return message.subarray(offset - count, offset);
      };
    } else if (length > longestLabel) {
      throw new MalformedMessage("a label of an unknown kind");
    } else {
      name += `${labelToText(next(length))}.`;
      octets += 1 + length;
      if (octets > longestName) throw new MalformedMessage("a name is longer than 255 octets");
    }
    length = next(1)[0] ?? 0;
  }
}

/** Whether the name is the zone's or below it. Both must be canonical. */
export const isWithin = (name: string, zone: string): boolean =>
  zone === "." || name === zone || name.endsWith(`.${zone}`);

/** The canonical name without its leftmost label; undefined for the root. */
export function parentOf(name: string): string | undefined {
  const labels = labelsOf(name);
  return labels.length === 0 ? undefined : nameToText(labels.slice(1));
}

/** The canonical spelling of a name with these labels. */
export const nameToText = (labels: readonly Buffer[]): string =>
  labels.length === 0 ? "." : labels.map((label) => `${labelToText(label)}.`).join("");

const wireLength = (labels: readonly Uint8Array[]): number => labels.reduce((sum, label) => sum + 1 + label.length, 1);

/** Splits at unescaped dots, and at the characters that IDNA treats as dots (UTS #46, section 2.3). */
function splitLabels(text: string): string[][] {
  const labels: string[][] = [[]];
  for (const piece of piecesOf(text)) {
    if (/^[.\u3002\uFF0E\uFF61]$/.test(piece)) labels.push([]);
    else labels.at(-1)?.push(piece);
  }
  return labels;
}

/** The characters and escapes of a text in presentation format (RFC 1035, section 5.1), as written. */
export const piecesOf = (text: string): string[] => text.match(/\\(?:\d{3}|.?)|[^\\]/gsu) ?? [];

/** The octet of a piece: an ASCII character, `\X`, or `\DDD`. */
export function octetOf(piece: string): number {
  const octet = /^\\\d{3}$/.test(piece) ? Number(piece.slice(1)) : (piece.codePointAt(piece.length - 1) ?? 256);
  if (octet > 255 || piece === "\\") {
    throw new InvalidValue(
      `text with a backslash only before one ASCII character or three digits up to 255, not ${quote(piece)}`,
    );
  }
  return octet;
}

/** IDN is converted label by label, so that `_acme-challenge` and `*` in the same name stay unchanged. */
function labelFromText(pieces: readonly string[], whole: string): Buffer {
  const label = pieces.join("");
  return /\P{ASCII}/u.test(label) ? idnLabel(label, whole) : lowerCase(Buffer.from(pieces.map(octetOf)));
}

function idnLabel(label: string, whole: string): Buffer {
  // domainToASCII would silently cut a label at a character that ends the host in a URL.
  const ascii = /^(?:[\w-]|\P{ASCII})+$/u.test(label) ? domainToASCII(label) : "";
  if (ascii === "" || ascii.includes(".")) {
    throw new InvalidValue(`a name with labels that IDNA allows, not ${quote(whole)}`);
  }
  return Buffer.from(ascii, "latin1");
}

/** A label in presentation format, in lower case. */
function labelToText(label: Buffer): string {
  const plain = label.toString("latin1");
  if (/^[\w*-]+$/.test(plain)) return plain.toLowerCase();
  let text = "";
  for (const octet of lowerCase(label)) text += octetToText(octet, '."\\();@$');
  return text;
}

/** An octet in presentation format. Characters in `special` are escaped with a backslash. */
export function octetToText(octet: number, special: string, plainSpace = false): string {
  if (octet < 0x20 || octet > 0x7e || (octet === 0x20 && !plainSpace)) return `\\${String(octet).padStart(3, "0")}`;
  const character = String.fromCharCode(octet);
  return special.includes(character) ? `\\${character}` : character;
}

/** Converts ASCII letters to lower case. Copies instead of changing the label, which is a view of the message. */
const lowerCase = (label: Buffer): Buffer =>
  label.some(isUpperCase) ? Buffer.from(label.map((octet) => (isUpperCase(octet) ? octet + 0x20 : octet))) : label;

const isUpperCase = (octet: number): boolean => octet >= 0x41 && octet <= 0x5a;

const quote = (text: string): string => JSON.stringify(text);
