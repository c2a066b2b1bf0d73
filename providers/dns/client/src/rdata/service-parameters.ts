import { ipv4, ipv6 } from "./address.ts";
import { plainText, string, u16, type Field } from "./field.ts";
import { InvalidValue, MalformedMessage } from "../wire/errors.ts";
import { octetsOf, quoted, Words } from "../wire/presentation.ts";
import { Reader } from "../wire/reader.ts";
import { Writer } from "../wire/writer.ts";

/** Parameters of SVCB and HTTPS records (RFC 9460): octets by key number, in ascending order. */
export type ServiceParameters = ReadonlyMap<number, Buffer>;

/** https://www.iana.org/assignments/dns-svcb/dns-svcb.xhtml */
const keys = ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"];
/** The next number, 65535, is reserved as invalid (RFC 9460, section 14.3.2). */
const lastKey = 0xff_fe;
const keyName = (number: number): string => keys[number] ?? `key${number}`;

function keyNumber(name: string): number {
  const number = keys.includes(name) ? keys.indexOf(name) : Number(/^key(\d{1,5})$/.exec(name)?.[1] ?? Number.NaN);
  if (number <= lastKey) return number;
  throw new InvalidValue(`a parameter such as ${keys.join(", ")} or key65333, not ${JSON.stringify(name)}`);
}

export const serviceParameters: Field<ServiceParameters> = {
  accept(given = {}) {
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      throw new InvalidValue(`an object of parameters, not ${JSON.stringify(given)}`);
    }
    return inOrder(Object.entries(given).map(([name, value]) => [keyNumber(name), parameter(name, value)]));
  },
  parse(words) {
    const given: [number, Buffer][] = [];
    while (!words.isAtEnd) {
      const { text } = words.next();
      const at = text.indexOf("=");
      const name = at < 0 ? text : text.slice(0, at);
      given.push([keyNumber(name), parameterFromText(name, at < 0 ? undefined : text.slice(at + 1))]);
    }
    return inOrder(given);
  },
  print: (value) => [...value].map(([number, octets]) => parameterToText(keyName(number), octets)).join(" "),
  read(reader) {
    const parameters = new Map<number, Buffer>();
    let last = -1;
    while (!reader.isAtEnd) {
      const number = reader.u16();
      if (number <= last || number > lastKey)
        throw new MalformedMessage("service parameters are not in ascending order");
      last = number;
      const octets = reader.take(reader.u16());
      if (!isFaithful(number, octets)) throw new MalformedMessage("a service parameter is invalid");
      parameters.set(number, octets);
    }
    return parameters;
  },
  write(writer, value) {
    for (const [number, octets] of value) {
      writer.u16(number);
      writer.u16(octets.length);
      writer.bytes(octets);
    }
  },
};

function inOrder(given: readonly (readonly [number, Buffer])[]): ServiceParameters {
  const parameters = new Map(given.toSorted(([one], [other]) => one - other));
  if (parameters.size < given.length) throw new InvalidValue("each parameter once");
  return parameters;
}

/** The fields of list items, by parameter; `port` is a list of one. */
const lists: Readonly<Record<string, Field<unknown>>> = {
  mandatory: {
    ...u16,
    accept: (given) => keyNumber(string(given, "a parameter name")),
    print: keyName,
  },
  alpn: plainText,
  ipv4hint: ipv4,
  ipv6hint: ipv6,
  port: u16,
};

/** The octets of a parameter given as a field. */
function parameter(name: string, given: unknown): Buffer {
  if (name === "no-default-alpn") {
    if (given === true) return Buffer.alloc(0);
    throw new InvalidValue(`\`no-default-alpn\` as true, or not at all, not ${JSON.stringify(given)}`);
  }
  if (name === "ech") return Buffer.from(string(given, "`ech` in base64"), "base64");
  if (name === "port") return items(name, [given]);
  if (lists[name] === undefined) return Buffer.from(string(given, `\`${name}\` as a text`), "utf8");
  if (!Array.isArray(given) || given.length === 0) throw new InvalidValue(`\`${name}\` as a list of at least one`);
  return items(name, given);
}

function items(name: string, given: readonly unknown[]): Buffer {
  const writer = new Writer();
  const field = lists[name];
  if (field !== undefined) for (const one of sortedIfMandatory(name, given)) writeWith(field, writer, one);
  return writer.finish();
}

/** RFC 9460, section 8: the keys in `mandatory` are in ascending order. */
const sortedIfMandatory = (name: string, given: readonly unknown[]): readonly unknown[] =>
  name === "mandatory" ? given.toSorted((one, other) => keyNumber(String(one)) - keyNumber(String(other))) : given;

function writeWith<Value>(field: Field<Value>, writer: Writer, given: unknown): void {
  field.write(writer, field.accept(given));
}

function parameterFromText(name: string, text: string | undefined): Buffer {
  if (text === undefined) return name === "no-default-alpn" ? Buffer.alloc(0) : parameter(name, undefined);
  const octets = octetsOf(text);
  const field = lists[name];
  if (field === undefined) return name === "ech" ? parameter(name, octets.toString("latin1")) : octets;
  const given = splitAtCommas(octets.toString("latin1"));
  return items(
    name,
    field === u16 ? given.map(Number) : field === plainText ? given.map((one) => Buffer.from(one, "latin1")) : given,
  );
}

/** A comma within an item is escaped with a backslash (RFC 9460, appendix A.1). */
const splitAtCommas = (text: string): string[] =>
  (text.match(/(?:\\.|[^\\,])+/gs) ?? []).map((item) => item.replaceAll(/\\(.)/gs, "$1"));

function parameterToText(name: string, octets: Buffer): string {
  if (octets.length === 0) return name === "no-default-alpn" ? name : `${name}=""`;
  if (name === "ech") return `ech=${octets.toString("base64")}`;
  const field = lists[name];
  if (field === undefined) return `${name}=${quoted(octets)}`;
  return `${name}=${printItems(field, octets)}`;
}

/** Whether the octets survive printing and parsing. If not, they are invalid for the parameter. */
function isFaithful(number: number, octets: Buffer): boolean {
  const text = parameterToText(keyName(number), octets);
  return serviceParameters.parse(new Words(text)).get(number)?.equals(octets) === true;
}

function printItems<Value>(field: Field<Value>, octets: Buffer): string {
  const reader = new Reader(octets);
  const texts: string[] = [];
  while (!reader.isAtEnd) texts.push(field.print(field.read(reader)).replaceAll(/[\\,]/g, String.raw`\$&`));
  const text = texts.join(",");
  return /^[\w:.,-]+$/.test(text) ? text : quoted(Buffer.from(text, "latin1"));
}
