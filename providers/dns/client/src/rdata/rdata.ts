import { ipv4, ipv6 } from "./address.ts";
import {
  characterString,
  characterStrings,
  compressedName,
  plainName,
  plainText,
  remainingHex,
  remainingText,
  u16,
  u32,
  u8,
  withDefault,
  type Field,
} from "./field.ts";
import { InvalidValue, MalformedMessage } from "../wire/errors.ts";
import { Words } from "../wire/presentation.ts";
import { Reader } from "../wire/reader.ts";
import { typeNumber } from "../wire/record-type.ts";
import { serviceParameters } from "./service-parameters.ts";
import { Writer } from "../wire/writer.ts";

const service = { priority: u16, target: plainName, parameters: serviceParameters };

/** The fields of each type's value, in the order of both messages and zone files. */
const layouts = {
  A: { address: ipv4 },
  AAAA: { address: ipv6 },
  NS: { target: compressedName },
  CNAME: { target: compressedName },
  PTR: { target: compressedName },
  // RFC 6672, section 2.5
  DNAME: { target: plainName },
  SOA: {
    primary: compressedName,
    mailbox: compressedName,
    serial: u32,
    refreshSeconds: u32,
    retrySeconds: u32,
    expireSeconds: u32,
    negativeTtlSeconds: u32,
  },
  MX: { preference: u16, exchange: compressedName },
  TXT: { text: characterStrings },
  SRV: { priority: u16, weight: u16, port: u16, target: compressedName },
  // RFC 8659
  CAA: { flags: withDefault(u8, 0), tag: plainText, value: remainingText },
  // RFC 6698
  TLSA: { usage: u8, selector: u8, matchingType: u8, data: remainingHex },
  // RFC 4255
  SSHFP: { algorithm: u8, fingerprintType: u8, fingerprint: remainingHex },
  // RFC 4034
  DS: { keyTag: u16, algorithm: u8, digestType: u8, digest: remainingHex },
  // RFC 3403
  NAPTR: {
    order: u16,
    preference: u16,
    flags: characterString,
    services: characterString,
    regexp: characterString,
    replacement: compressedName,
  },
  // RFC 9460
  SVCB: service,
  HTTPS: service,
} as const;

/** Types whose values have fields. Values of other types are octets (RFC 3597). */
type StructuredType = keyof typeof layouts;
type Layout = Readonly<Record<string, Field<unknown>>>;

/** The names of a type's fields, in the order of a zone file. Empty if its values have no fields. */
export const fieldNames = (type: string): string[] => Object.keys(layoutOf(type) ?? {});

/**
 * The octets of a value, given as fields (`{ preference: 10, exchange: "mail.example.org" }`) or in presentation format
 * (`10 mail.example.org.`). Throws `InvalidValue`.
 */
export function rdataOf(type: string, given: unknown): Buffer {
  typeNumber(type);
  if (typeof given === "string") return rdataFromText(type, given);
  const layout = layoutOf(type);
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new InvalidValue(`a text or an object, not ${JSON.stringify(given)}`);
  }
  if (layout === undefined)
    throw new InvalidValue(String.raw`a text such as \# 4 0a000001, since fields of ${type} are not supported`);
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(layout, key));
  if (unknown !== undefined) {
    throw new InvalidValue(`no field \`${unknown}\`: ${type} has ${Object.keys(layout).join(", ")}`);
  }
  const fields = new Map(Object.entries(given));
  return write(layout, (name, field) => inField(name, () => field.accept(fields.get(name))));
}

/** The canonical presentation format of a value. Two values are equal in DNS exactly if these texts are. */
export const canonical = (type: string, given: unknown): string => rdataToText(type, rdataOf(type, given));

/** The canonical text of a value's octets. Octets that are invalid for the type get the generic form of RFC 3597. */
export function rdataToText(type: string, rdata: Buffer): string {
  const layout = layoutOf(type);
  if (layout === undefined) return generic(rdata);
  try {
    const { text, octets } = print(layout, new Reader(rdata));
    return octets.equals(rdata) ? text : generic(rdata);
  } catch (error) {
    if (error instanceof MalformedMessage || error instanceof InvalidValue) return generic(rdata);
    throw error;
  }
}

/** The fields of a value. Throws MalformedMessage if its octets are invalid for the type. */
export function fieldsOf(type: string, rdata: Buffer): Record<string, unknown> {
  const reader = new Reader(rdata);
  return Object.fromEntries(Object.entries(layoutOf(type) ?? {}).map(([name, field]) => [name, field.read(reader)]));
}

/** The octets of a value within a message, with names uncompressed and in lower case. */
export function readRdata(type: string, reader: Reader): Buffer {
  const layout = layoutOf(type);
  const { message, offset } = reader;
  const octets = reader.rest();
  // Values without names are kept unchanged, even if they are invalid for their type.
  if (layout === undefined || !Object.values(layout).some(hasName)) return octets;
  // A server may echo the prerequisites of an update, whose values are empty.
  if (octets.length === 0) return octets;
  const inner = new Reader(message, offset, offset + octets.length);
  const rdata = write(layout, (_name, field) => field.read(inner));
  if (!inner.isAtEnd) throw new MalformedMessage(`octets follow the fields of a ${type} record`);
  return rdata;
}

const hasName = (field: Field<unknown>): boolean => field === compressedName || field === plainName;

function rdataFromText(type: string, text: string): Buffer {
  if (text.startsWith(String.raw`\#`)) return rdataFromGeneric(text);
  const layout = layoutOf(type);
  if (layout === undefined)
    throw new InvalidValue(String.raw`the form \# LENGTH HEXADECIMAL for type ${type}, not ${JSON.stringify(text)}`);
  const words = new Words(text);
  const rdata = write(layout, (name, field) => inField(name, () => field.parse(words)));
  words.end();
  return rdata;
}

/** RFC 3597, section 5. */
function rdataFromGeneric(text: string): Buffer {
  const [, length, digits = ""] = /^\\#\s+(\d+)((?:\s+[\da-fA-F]+)*)\s*$/.exec(text) ?? [];
  const octets = Buffer.from(digits.replaceAll(/\s/g, ""), "hex");
  if (
    length !== undefined &&
    Number(length) === octets.length &&
    octets.length * 2 === digits.replaceAll(/\s/g, "").length
  )
    return octets;
  throw new InvalidValue(
    String.raw`the form \# LENGTH HEXADECIMAL with as many octets as the length says, not ${JSON.stringify(text)}`,
  );
}

const generic = (rdata: Buffer): string =>
  String.raw`\# ${rdata.length}${rdata.length === 0 ? "" : ` ${rdata.toString("hex")}`}`;

/** The text of a value, and its fields encoded again. These octets differ from the input if it is invalid. */
function print(layout: Layout, reader: Reader): { text: string; octets: Buffer } {
  const writer = new Writer();
  const texts = Object.values(layout).map((field) => {
    const value = field.read(reader);
    field.write(writer, value);
    return field.print(value);
  });
  if (!reader.isAtEnd) throw new MalformedMessage("octets follow the fields of a record");
  return { text: texts.filter((text) => text !== "").join(" "), octets: writer.finish() };
}

function write(layout: Layout, valueOf: (name: string, field: Field<unknown>) => unknown): Buffer {
  const writer = new Writer();
  for (const [name, field] of Object.entries(layout)) field.write(writer, valueOf(name, field));
  return writer.finish();
}

function inField<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidValue) error.message = `\`${name}\` as ${error.message}`;
    throw error;
  }
}

function layoutOf(type: string): Layout | undefined {
  return isStructured(type) ? layouts[type] : undefined;
}

const isStructured = (type: string): type is StructuredType => Object.hasOwn(layouts, type);
