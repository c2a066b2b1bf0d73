import type { Field, Messages } from "./form.ts";
import { Reader, Writer } from "./wire.ts";

/** A message as JavaScript: enums by name, int64 as text, bytes as Buffer. */
export type Message = Record<string, unknown>;

/**
 * Writes and reads the messages of the protos. The libraries for Protocol Buffers know more, and are slow to
 * start. Source: https://protobuf.dev/programming-guides/encoding/
 */
export class Codec {
  readonly #messages: Messages;

  constructor(messages: Messages) {
    this.#messages = messages;
  }

  encode(type: string, message: Message): Buffer {
    const writer = new Writer();
    for (const field of this.#fields(type)) {
      const value = message[field.name];
      if (value === undefined || value === null) continue;
      if (field.rule === "single") this.#write(writer, field, value);
      else if (Array.isArray(value)) for (const one of value) this.#write(writer, field, one);
      else for (const [key, one] of Object.entries(value)) this.#writeEntry(writer, field, key, one);
    }
    return writer.finish();
  }

  /** The message with the default of each field that it does not have; null for another message. */
  decode(type: string, bytes: Uint8Array): Message {
    const fields = this.#fields(type);
    const message = Object.fromEntries(fields.map((field) => [field.name, defaultOf(field)]));
    const reader = new Reader(bytes);
    while (!reader.isAtEnd) {
      const { id, wireType } = reader.tag();
      const field = fields.find((one) => one.id === id);
      if (field === undefined) {
        reader.skip(wireType);
        continue;
      }
      const held = message[field.name];
      if (Array.isArray(held)) held.push(this.#read(reader, field));
      else if (field.rule === "map" && isMessage(held)) Object.assign(held, this.#readEntry(reader, field));
      else message[field.name] = this.#read(reader, field);
    }
    return message;
  }

  #fields(type: string): readonly Field[] {
    const fields = this.#messages[type];
    if (fields === undefined) throw new TypeError(`There is no message ${type}`);
    return fields;
  }

  #write(writer: Writer, field: Field, value: unknown): void {
    if ("message" in field && isMessage(value)) writer.bytes(field.id, this.encode(field.message, value));
    else if ("values" in field) writer.varint(field.id, BigInt(field.values[String(value)] ?? 0));
    else if (value instanceof Uint8Array) writer.bytes(field.id, value);
    else if ("scalar" in field && field.scalar === "string") writer.bytes(field.id, Buffer.from(String(value)));
    else writer.varint(field.id, BigInt(typeof value === "boolean" ? Number(value) : String(value)));
  }

  /** A map is a list of messages with the fields 1 and 2. */
  #writeEntry(writer: Writer, field: Field, key: string, value: unknown): void {
    const entry = new Writer();
    entry.bytes(1, Buffer.from(key));
    this.#write(entry, { ...field, id: 2 }, value);
    writer.bytes(field.id, entry.finish());
  }

  #read(reader: Reader, field: Field): unknown {
    if ("message" in field) return this.decode(field.message, reader.bytes());
    if ("values" in field) return nameIn(field.values, Number(reader.varint()));
    switch (field.scalar) {
      case "string":
        return reader.bytes().toString();
      case "bytes":
        return reader.bytes();
      case "bool":
        return reader.varint() !== 0n;
      case "int64":
        return String(BigInt.asIntN(64, reader.varint()));
      case "uint32":
      default:
        return Number(reader.varint());
    }
  }

  #readEntry(reader: Reader, field: Field): Message {
    const entry = new Reader(reader.bytes());
    let [key, value]: [string, unknown] = ["", defaultOf({ ...field, rule: "single" })];
    while (!entry.isAtEnd) {
      const { id, wireType } = entry.tag();
      if (id === 1) key = entry.bytes().toString();
      else if (id === 2) value = this.#read(entry, field);
      else entry.skip(wireType);
    }
    return { [key]: value };
  }
}

const isMessage = (value: unknown): value is Message =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function defaultOf(field: Field): unknown {
  if (field.rule === "repeated") return [];
  if (field.rule === "map") return {};
  if ("message" in field) return null;
  if ("values" in field) return nameIn(field.values, 0);
  return { string: "", bytes: Buffer.alloc(0), bool: false, int64: "0", uint32: 0 }[field.scalar];
}

/** A number that a newer engine knows stays a number. */
const nameIn = (values: Readonly<Record<string, number>>, number: number): string | number =>
  Object.keys(values).find((name) => values[name] === number) ?? number;
