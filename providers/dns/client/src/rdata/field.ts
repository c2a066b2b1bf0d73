import { InvalidValue, MalformedMessage } from "../wire/errors.ts";
import { canonicalName, nameToWire, readName } from "../wire/name.ts";
import { octetsOf, quoted, type Words } from "../wire/presentation.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";

/** One field of a record's value, with its forms in JavaScript, in a message and in a zone file. */
export interface Field<Value> {
  /** Checks a user's value. Throws `InvalidValue`. */
  accept(given: unknown): Value;
  parse(words: Words): Value;
  print(value: Value): string;
  read(reader: Reader): Value;
  write(writer: Writer, value: Value): void;
}

function integer(bits: 8 | 16 | 32): Field<number> {
  const max = 2 ** bits - 1;
  const check = (value: unknown): number => {
    if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max) return Number(value);
    throw new InvalidValue(`an integer from 0 to ${max}, not ${JSON.stringify(value)}`);
  };
  return {
    accept: check,
    parse(words) {
      const { text } = words.next();
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

/** A field with a default if the user omits it. */
export const withDefault = <Value>(field: Field<Value>, value: Value): Field<Value> => ({
  ...field,
  accept: (given) => (given === undefined ? value : field.accept(given)),
});

function wholeName(given: unknown): string {
  const text = string(given, "a name");
  // A name of one label is relative in a zone file, but a top-level domain here. The user likely means the former.
  if (!/[.\u3002\uFF0E\uFF61]/.test(text)) {
    throw new InvalidValue(
      `a fully qualified name, not ${JSON.stringify(text)} (add a trailing dot to mean a top-level domain)`,
    );
  }
  return canonicalName(text);
}

function name(compression: "compressed" | "plain"): Field<string> {
  return {
    accept: wholeName,
    parse: (words) => wholeName(words.next().text),
    print: (value) => value,
    read: (reader) => readName(reader, compression),
    write: (writer, value) => writer.bytes(nameToWire(value)),
  };
}

/** A name in a type of RFC 1035, or in another type whose names servers compress (RFC 3597, section 4). */
export const compressedName = name("compressed");
export const plainName = name("plain");
/** A name in a type of private use, whose octets in messages may have any other form. */
export const privateName = name("plain");

/** A length-prefixed text of at most 255 octets (RFC 1035, section 3.3). */
export const characterString: Field<Buffer> = {
  accept(given) {
    const octets = Buffer.isBuffer(given) ? given : Buffer.from(string(given, "a text"), "utf8");
    if (octets.length <= 255) return octets;
    throw new InvalidValue(`a text of at most 255 octets, not one of ${octets.length}`);
  },
  parse: (words) => characterString.accept(octetsOf(words.next().text)),
  print: quoted,
  read: (reader) => reader.take(reader.u8()),
  write(writer, value) {
    writer.u8(value.length);
    writer.bytes(value);
  },
};

/** A character string of letters and digits only, which is printed without quotes. */
export const plainText: Field<Buffer> = {
  ...characterString,
  accept: (given) => lettersAndDigits(characterString.accept(given), InvalidValue),
  parse: (words) => lettersAndDigits(characterString.parse(words), InvalidValue),
  print: (value) => value.toString("latin1"),
  read: (reader) => lettersAndDigits(characterString.read(reader), MalformedMessage),
};

function lettersAndDigits(octets: Buffer, Wrong: typeof InvalidValue | typeof MalformedMessage): Buffer {
  const text = octets.toString("latin1");
  if (/^[\da-z]+$/i.test(text)) return octets;
  throw new Wrong(`letters and digits, not ${JSON.stringify(text)}`);
}

/** One or more texts. A single text is split every 255 octets, also within a character. */
export const characterStrings: Field<Buffer[]> = {
  accept(given) {
    if (!Array.isArray(given)) return pieces(string(given, "a text, or a list of texts"));
    if (given.length === 0) throw new InvalidValue("at least one text");
    return given.map((text) => characterString.accept(text));
  },
  parse: (words) => words.rest().map(({ text }) => characterString.accept(octetsOf(text))),
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

/** The remaining octets, as a text. */
export const remainingText: Field<Buffer> = {
  accept: (given) => Buffer.from(string(given, "a text"), "utf8"),
  parse: (words) => octetsOf(words.next().text),
  print: quoted,
  read: (reader) => reader.rest(),
  write: (writer, value) => writer.bytes(value),
};

/** The same, with at least one octet. */
export const someText: Field<Buffer> = {
  ...remainingText,
  accept: (given) => notEmpty(remainingText.accept(given), InvalidValue),
  parse: (words) => notEmpty(remainingText.parse(words), InvalidValue),
  read: (reader) => notEmpty(reader.rest(), MalformedMessage),
};

function notEmpty(octets: Buffer, Wrong: typeof InvalidValue | typeof MalformedMessage): Buffer {
  if (octets.length > 0) return octets;
  throw new Wrong("at least one octet");
}

/** The remaining octets, as hexadecimal digits. */
export const remainingHex = remainingBinary("hex", "an even number of hexadecimal digits", /^(?:[\da-f]{2})+$/i);

/** The remaining octets, in Base64. */
export const remainingBase64 = remainingBinary(
  "base64",
  "Base64",
  /^(?:[\da-z+/]{4})*(?:[\da-z+/]{4}|[\da-z+/]{3}=|[\da-z+/]{2}==)$/i,
);

/** A zone file may have whitespace anywhere in it. */
function remainingBinary(encoding: "hex" | "base64", form: string, pattern: RegExp): Field<Buffer> {
  const decode = (given: unknown): Buffer => {
    const text = string(given, form).replaceAll(/\s/g, "");
    if (pattern.test(text)) return Buffer.from(text, encoding);
    throw new InvalidValue(`${form}, not ${JSON.stringify(given)}`);
  };
  return {
    accept: decode,
    parse(words) {
      const texts = words.rest().map(({ text }) => text);
      return decode(texts.join(""));
    },
    print: (value) => value.toString(encoding),
    read: (reader) => notEmpty(reader.rest(), MalformedMessage),
    write: (writer, value) => writer.bytes(value),
  };
}

export function string(given: unknown, what: string): string {
  if (typeof given === "string") return given;
  throw new InvalidValue(`${what}, not ${JSON.stringify(given)}`);
}
