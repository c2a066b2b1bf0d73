import { isIPv4, isIPv6 } from "node:net";
import { InvalidValue, MalformedMessage } from "./malformed.ts";
import { canonicalName, nameToWire, readName } from "./name.ts";
import { octetsOf, quoted, type Words } from "./presentation.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** One part of a record's value: as JavaScript has it, in a message, and in a zone file. */
export interface Field<Value> {
  /** Takes what a user gives for it; throws `InvalidValue`. */
  accept(given: unknown): Value;
  parse(words: Words, what: string): Value;
  print(value: Value): string;
  read(reader: Reader): Value;
  write(writer: Writer, value: Value): void;
}

function integer(bits: 8 | 16 | 32): Field<number> {
  const most = 2 ** bits - 1;
  const check = (value: unknown): number => {
    if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most) return Number(value);
    throw new InvalidValue(`an integer from 0 to ${most}, not ${JSON.stringify(value)}`);
  };
  return {
    accept: check,
    parse(words, what) {
      const { text } = words.next(what);
      return check(/^\d+$/.test(text) ? Number(text) : text);
    },
    print: String,
    read: (reader) => reader[`u${bits}`](),
    write: (writer, value) => writer[`u${bits}`](value),
  };
}

export const u8 = integer(8);
export const u16 = integer(16);
export const u32 = integer(32);

/** An integer that may be left out of what a user gives as fields. */
export const withDefault = <Value>(field: Field<Value>, value: Value): Field<Value> => ({
  ...field,
  accept: (given) => (given === undefined ? value : field.accept(given)),
});

function wholeName(given: unknown): string {
  const text = string(given, "a name");
  // In a zone file it would be relative, here it would be a top-level domain: whoever writes it means something else.
  if (!/[.\u3002\uFF0E\uFF61]/.test(text)) {
    throw new InvalidValue(`a whole name, not ${JSON.stringify(text)}; with a dot at its end it is a top-level domain`);
  }
  return canonicalName(text);
}

function name(compression: "compressed" | "plain"): Field<string> {
  return {
    accept: wholeName,
    parse: (words, what) => wholeName(words.next(what).text),
    print: (value) => value,
    read: (reader) => readName(reader, compression),
    write: (writer, value) => writer.bytes(nameToWire(value)),
  };
}

/** A name in a record of RFC 1035, or of one whose names servers compress all the same (RFC 3597, section 4). */
export const compressedName = name("compressed");
export const plainName = name("plain");

export const ipv4: Field<string> = {
  accept(given) {
    if (typeof given === "string" && isIPv4(given)) return given;
    throw new InvalidValue(`an IPv4 address, not ${JSON.stringify(given)}`);
  },
  parse: (words, what) => ipv4.accept(words.next(what).text),
  print: (value) => value,
  read: (reader) => reader.take(4).join("."),
  write: (writer, value) => writer.bytes(Uint8Array.from(value.split("."), Number)),
};

export const ipv6: Field<string> = {
  accept(given) {
    if (typeof given === "string" && isIPv6(given) && !given.includes("%")) return given;
    throw new InvalidValue(`an IPv6 address, not ${JSON.stringify(given)}`);
  },
  parse: (words, what) => ipv6.accept(words.next(what).text),
  print: (value) => value,
  read: (reader) => shortIpv6(Array.from({ length: 8 }, () => reader.u16())),
  write(writer, value) {
    for (const group of ipv6Groups(value)) writer.u16(group);
  },
};

/** The eight groups of an address in any of its spellings (RFC 4291, section 2.2). */
function ipv6Groups(text: string): number[] {
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(text)?.[0];
  const [a = 0, b = 0, c = 0, d = 0] = (dotted ?? "").split(".").map(Number);
  const hex =
    dotted === undefined ? text : text.replace(dotted, `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`);
  const [front = [], back] = hex
    .split("::")
    .map((part) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16))));
  if (back === undefined) return front;
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
}

/** The longest run of zeros becomes `::` (RFC 5952, section 4.2). */
function shortIpv6(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(":");
  const [run = ""] = [...text.matchAll(/\b0(?::0)+\b/g)]
    .map(([zeros]) => zeros)
    .sort((one, other) => other.length - one.length);
  if (run === "") return text;
  const at = text.search(new RegExp(String.raw`\b${run}\b`));
  return `${text.slice(0, at).replace(/:$/, "")}::${text.slice(at + run.length).replace(/^:/, "")}`;
}

/** A text of at most 255 octets with its length before it (RFC 1035, section 3.3). */
export const characterString: Field<Buffer> = {
  accept(given) {
    const octets = Buffer.isBuffer(given) ? given : Buffer.from(string(given, "a text"), "utf8");
    if (octets.length <= 255) return octets;
    throw new InvalidValue(`a text of at most 255 octets, not one of ${octets.length}`);
  },
  parse: (words, what) => characterString.accept(octetsOf(words.next(what).text)),
  print: quoted,
  read: (reader) => reader.take(reader.u8()),
  write(writer, value) {
    writer.u8(value.length);
    writer.bytes(value);
  },
};

/** The same for what is printed without quotes: at least one letter or digit, and nothing else. */
export const plainText: Field<Buffer> = {
  ...characterString,
  accept: (given) => lettersAndDigits(characterString.accept(given), InvalidValue),
  parse: (words, what) => lettersAndDigits(characterString.parse(words, what), InvalidValue),
  print: (value) => value.toString("latin1"),
  read: (reader) => lettersAndDigits(characterString.read(reader), MalformedMessage),
};

function lettersAndDigits(octets: Buffer, Wrong: typeof InvalidValue | typeof MalformedMessage): Buffer {
  const text = octets.toString("latin1");
  if (/^[\da-z]+$/i.test(text)) return octets;
  throw new Wrong(`letters and digits, not ${JSON.stringify(text)}`);
}

/** As many texts as there are, at least one. A given text is cut into pieces of 255 octets, wherever characters end. */
export const characterStrings: Field<Buffer[]> = {
  accept(given) {
    if (!Array.isArray(given)) return pieces(string(given, "a text, or a list of texts"));
    if (given.length === 0) throw new InvalidValue("at least one text");
    return given.map((text) => characterString.accept(text));
  },
  parse: (words, what) => words.rest(what).map(({ text }) => characterString.accept(octetsOf(text))),
  print: (value) => value.map(quoted).join(" "),
  read(reader) {
    const texts = [characterString.read(reader)];
    while (!reader.isAtEnd) texts.push(characterString.read(reader));
    return texts;
  },
  write(writer, value) {
    for (const text of value) characterString.write(writer, text);
  },
};

function pieces(text: string): Buffer[] {
  const octets = Buffer.from(text, "utf8");
  return Array.from({ length: Math.max(1, Math.ceil(octets.length / 255)) }, (_, index) =>
    octets.subarray(index * 255, (index + 1) * 255),
  );
}

/** All that is left, as a text. */
export const remainingText: Field<Buffer> = {
  accept: (given) => Buffer.from(string(given, "a text"), "utf8"),
  parse: (words, what) => octetsOf(words.next(what).text),
  print: quoted,
  read: (reader) => reader.rest(),
  write: (writer, value) => writer.bytes(value),
};

/** All that is left, in hexadecimal digits. */
export const remainingHex: Field<Buffer> = {
  accept(given) {
    const digits = string(given, "hexadecimal digits").replaceAll(/\s/g, "");
    if (/^(?:[\da-f]{2})+$/i.test(digits)) return Buffer.from(digits, "hex");
    throw new InvalidValue(`an even number of hexadecimal digits, not ${JSON.stringify(given)}`);
  },
  parse: (words, what) =>
    remainingHex.accept(
      words
        .rest(what)
        .map(({ text }) => text)
        .join(""),
    ),
  print: (value) => value.toString("hex"),
  read(reader) {
    if (reader.isAtEnd) throw new MalformedMessage("there are no octets where some must be");
    return reader.rest();
  },
  write: (writer, value) => writer.bytes(value),
};

export function string(given: unknown, what: string): string {
  if (typeof given === "string") return given;
  throw new InvalidValue(`${what}, not ${JSON.stringify(given)}`);
}
