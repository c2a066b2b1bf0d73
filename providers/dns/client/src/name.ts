import { domainToASCII } from "node:url";
import { InvalidValue, MalformedMessage } from "./malformed.ts";
import type { Reader } from "./reader.ts";

/** RFC 1035, section 2.3.4. */
const longestLabel = 63;
const longestName = 255;

/**
 * The one spelling of a name: absolute, in lower case, IDN labels in ASCII, as `www.example.org.`. A name without a dot at
 * its end is absolute all the same.
 */
export const canonicalName = (text: string): string => (isPlain(text) ? text : nameToText(labelsOf(text)));

/** Nearly all names are canonical as they are given, and need no look at their single characters. */
const isPlain = (text: string): boolean => text.length < longestName && /^(?:[a-z\d_*-]{1,63}\.)+$/.test(text);

/** The labels of a name, from the leftmost to the root's neighbour, in lower case. */
export function labelsOf(text: string): Buffer[] {
  if (text === ".") return [];
  if (isPlain(text))
    return text
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

/** A name as it stands in a message, uncompressed. */
export function nameToWire(text: string): Buffer {
  if (!isPlain(text)) {
    return Buffer.concat([
      ...labelsOf(text).flatMap((label) => [Uint8Array.of(label.length), label]),
      Uint8Array.of(0),
    ]);
  }
  // A dot before each label, and the last one for the root, make room for their lengths.
  const wire = Buffer.from(`.${text}`, "latin1");
  let length = 0;
  for (let at = wire.length - 1; at >= 0; at--) {
    const isDot = wire[at] === 0x2e;
    if (isDot) wire[at] = length;
    length = isDot ? 0 : length + 1;
  }
  return wire;
}

/**
 * Reads a name in its canonical spelling. Where names may be compressed (RFC 1035, section 4.1.4) a pointer must point
 * before the part that it ends, so that no message sends us in circles.
 */
export function readName(reader: Reader, compression: "compressed" | "plain"): string {
  const { message } = reader;
  const labels: Buffer[] = [];
  let start = reader.offset;
  let length = reader.u8();
  let next: (count: number) => Buffer = (count) => reader.take(count);
  for (;;) {
    if (length === 0) return nameToText(labels);
    if (length >= 0xc0) {
      const target = ((length & 0x3f) << 8) | (next(1)[0] ?? 0);
      if (compression === "plain") throw new MalformedMessage("a name is compressed where none may be");
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
      labels.push(lowerCase(next(length)));
      if (wireLength(labels) > longestName) throw new MalformedMessage("a name is longer than 255 octets");
    }
    length = next(1)[0] ?? 0;
  }
}

/** Whether the name is the other one, or below it. Both canonical. */
export const isWithin = (name: string, zone: string): boolean =>
  zone === "." || name === zone || name.endsWith(`.${zone}`);

/** The name without its leftmost label; undefined for the root. Canonical. */
export function parentOf(name: string): string | undefined {
  const labels = labelsOf(name);
  return labels.length === 0 ? undefined : nameToText(labels.slice(1));
}

/** Labels in the presentation format, canonical where they are in lower case. */
export const nameToText = (labels: readonly Uint8Array[]): string =>
  labels.length === 0 ? "." : labels.map((label) => `${labelToText(label)}.`).join("");

const wireLength = (labels: readonly Uint8Array[]): number => labels.reduce((sum, label) => sum + 1 + label.length, 1);

/** Splits at dots that are not escaped, and at the characters that IDNA takes for dots too (UTS #46, section 2.3). */
function splitLabels(text: string): string[][] {
  const labels: string[][] = [[]];
  for (const piece of piecesOf(text)) {
    if (/^[.\u3002\uFF0E\uFF61]$/.test(piece)) labels.push([]);
    else labels.at(-1)?.push(piece);
  }
  return labels;
}

/** Characters and escapes of the presentation format (RFC 1035, section 5.1), each as it is written. */
export const piecesOf = (text: string): string[] => text.match(/\\(?:\d{3}|.?)|[^\\]/gsu) ?? [];

/** The octet that a piece stands for: an ASCII character, `\X`, or `\DDD`. */
export function octetOf(piece: string): number {
  const octet = /^\\\d{3}$/.test(piece) ? Number(piece.slice(1)) : (piece.codePointAt(piece.length - 1) ?? 256);
  if (octet > 255 || piece === "\\") {
    throw new InvalidValue(
      `a backslash only before one ASCII character or three digits up to 255, not ${quote(piece)}`,
    );
  }
  return octet;
}

/** IDN is converted label by label: `_acme-challenge` or `*` beside one stay what they are. */
function labelFromText(pieces: readonly string[], whole: string): Buffer {
  const label = pieces.join("");
  return /\P{ASCII}/u.test(label) ? idnLabel(label, whole) : lowerCase(Buffer.from(pieces.map(octetOf)));
}

function idnLabel(label: string, whole: string): Buffer {
  // What ends a host in a URL would be cut off.
  const ascii = /^(?:[\w-]|\P{ASCII})+$/u.test(label) ? domainToASCII(label) : "";
  if (ascii === "" || ascii.includes(".")) {
    throw new InvalidValue(`a name whose labels IDNA knows, not ${quote(whole)}`);
  }
  return Buffer.from(ascii, "latin1");
}

function labelToText(label: Uint8Array): string {
  const plain = String.fromCharCode(...label);
  if (/^[\w*-]+$/.test(plain)) return plain;
  let text = "";
  for (const octet of label) text += octetToText(octet, '."\\();@$');
  return text;
}

/** An octet in the presentation format; those of `special` with a backslash before them. */
export function octetToText(octet: number, special: string, plainSpace = false): string {
  if (octet < 0x20 || octet > 0x7e || (octet === 0x20 && !plainSpace)) return `\\${String(octet).padStart(3, "0")}`;
  const character = String.fromCharCode(octet);
  return special.includes(character) ? `\\${character}` : character;
}

/** ASCII letters in lower case; never in place, since the bytes are others' too. */
const lowerCase = (label: Buffer): Buffer =>
  label.some(isUpperCase) ? Buffer.from(label.map((octet) => (isUpperCase(octet) ? octet + 0x20 : octet))) : label;

const isUpperCase = (octet: number): boolean => octet >= 0x41 && octet <= 0x5a;

const quote = (text: string): string => JSON.stringify(text);
