import { ipv4, ipv6 } from "./address.ts";
import { altitude, latitude, longitude, precision, size } from "./location.ts";
import {
  characterString,
  characterStrings,
  compressedName,
  plainName,
  plainText,
  privateName,
  remainingBase64,
  remainingHex,
  remainingText,
  someText,
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
const delegationSigner = { keyTag: u16, algorithm: u8, digestType: u8, digest: remainingHex };
const certificateAssociation = { usage: u8, selector: u8, matchingType: u8, data: remainingHex };

/** The fields of each type's value, in the order of zone files and, except for LOC, of messages. */
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
  TLSA: certificateAssociation,
  // RFC 8162
  SMIMEA: certificateAssociation,
  // RFC 4255
  SSHFP: { algorithm: u8, fingerprintType: u8, fingerprint: remainingHex },
  // RFC 4034
  DS: delegationSigner,
  // RFC 7344
  CDS: delegationSigner,
  CDNSKEY: { flags: u16, protocol: withDefault(u8, 3), algorithm: u8, publicKey: remainingBase64 },
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
  // RFC 1035, section 3.3.2
  HINFO: { cpu: characterString, os: characterString },
  // RFC 1183
  RP: { mailbox: compressedName, text: withDefault(compressedName, ".") },
  AFSDB: { subtype: u16, host: compressedName },
  // RFC 1876
  LOC: {
    latitude,
    longitude,
    altitudeMeters: altitude,
    sizeMeters: size,
    horizontalPrecisionMeters: precision(10_000),
    verticalPrecisionMeters: precision(10),
  },
  // RFC 4398
  CERT: { certificateType: u16, keyTag: u16, algorithm: u8, certificate: remainingBase64 },
  // RFC 7929
  OPENPGPKEY: { publicKey: remainingBase64 },
  // RFC 7553
  URI: { priority: u16, weight: u16, target: someText },
  // https://doc.powerdns.com/authoritative/guides/alias.html
  ALIAS: { target: privateName },
} as const;

/** Types whose values have fields. Values of other types are octets (RFC 3597). */
type StructuredType = keyof typeof layouts;
type Layout = Readonly<Record<string, Field<unknown>>>;

/** The types whose values have fields, sorted. */
export const structuredTypes: readonly string[] = Object.keys(layouts).sort();

/** The order of the fields in messages, for the types in which it is not that of zone files. */
const ordersInMessages: Readonly<Record<string, readonly string[]>> = {
  LOC: [
    "sizeMeters",
    "horizontalPrecisionMeters",
    "verticalPrecisionMeters",
    "latitude",
    "longitude",
    "altitudeMeters",
  ],
};

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
  return encode(
    type,
    eachField(layout, (name, field) => field.accept(fields.get(name))),
  );
}

/** The canonical presentation format of a value. Two values are equal in DNS exactly if these texts are. */
export const canonical = (type: string, given: unknown): string => rdataToText(type, rdataOf(type, given));

/** The canonical text of a value's octets. Octets that are invalid for the type get the generic form of RFC 3597. */
export function rdataToText(type: string, rdata: Buffer): string {
  const layout = layoutOf(type);
  if (layout === undefined) return generic(rdata);
  try {
    const values = decode(type, new Reader(rdata));
    const texts = Object.entries(layout).map(([name, field]) => field.print(values.get(name)));
    // Different octets are invalid ones.
    return encode(type, values).equals(rdata) ? texts.filter((text) => text !== "").join(" ") : generic(rdata);
  } catch (error) {
    if (error instanceof MalformedMessage || error instanceof InvalidValue) return generic(rdata);
    throw error;
  }
}

/** The fields of a value. Throws MalformedMessage if its octets are invalid for the type. */
export const fieldsOf = (type: string, rdata: Buffer): Record<string, unknown> =>
  Object.fromEntries(decode(type, new Reader(rdata)));

/** The octets of a value within a message, with names uncompressed and in lower case. */
export function readRdata(type: string, reader: Reader): Buffer {
  const layout = layoutOf(type);
  const { message, offset } = reader;
  const octets = reader.rest();
  // Values without names are kept unchanged, even if they are invalid for their type.
  if (layout === undefined || !Object.values(layout).some(hasName)) return octets;
  // A server may echo the prerequisites of an update, whose values are empty.
  if (octets.length === 0) return octets;
  return encode(type, decode(type, new Reader(message, offset, offset + octets.length)));
}

const hasName = (field: Field<unknown>): boolean => field === compressedName || field === plainName;

function rdataFromText(type: string, text: string): Buffer {
  if (text.startsWith(String.raw`\#`)) return rdataFromGeneric(text);
  const layout = layoutOf(type);
  if (layout === undefined)
    throw new InvalidValue(String.raw`the form \# LENGTH HEXADECIMAL for type ${type}, not ${JSON.stringify(text)}`);
  const words = new Words(text);
  const values = eachField(layout, (_name, field) => field.parse(words));
  words.end();
  return encode(type, values);
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

type Values = ReadonlyMap<string, unknown>;

const eachField = (layout: Layout, valueOf: (name: string, field: Field<unknown>) => unknown): Values =>
  new Map(Object.entries(layout).map(([name, field]) => [name, inField(name, () => valueOf(name, field))]));

function encode(type: string, values: Values): Buffer {
  const writer = new Writer();
  for (const [name, field] of inMessages(type)) field.write(writer, values.get(name));
  return writer.finish();
}

/** Throws MalformedMessage if octets follow the last field. */
function decode(type: string, reader: Reader): Values {
  const values = new Map(inMessages(type).map(([name, field]) => [name, field.read(reader)]));
  if (reader.isAtEnd) return values;
  throw new MalformedMessage(`octets follow the fields of a ${type} record`);
}

/** The fields in the order of messages. */
function inMessages(type: string): [string, Field<unknown>][] {
  const fields = Object.entries(layoutOf(type) ?? {});
  const order = ordersInMessages[type];
  return order === undefined ? fields : fields.toSorted(([one], [other]) => order.indexOf(one) - order.indexOf(other));
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
