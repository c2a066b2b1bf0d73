import { u32, type Field } from "./field.ts";
import { InvalidValue, MalformedMessage } from "../wire/errors.ts";
import { Words } from "../wire/presentation.ts";

/** The fields of LOC (RFC 1876). A position counts thousandths of an arc second; a length counts centimeters. */

/** The equator and the prime meridian. */
const origin = 2 ** 31;

/** `52 22 23.000 N`: degrees, and optionally minutes and seconds. */
function angle(positive: "N" | "E", negative: "S" | "W", maxDegrees: number): Field<number> {
  const form = `degrees up to ${maxDegrees}, minutes, seconds and ${positive} or ${negative}, such as "${maxDegrees / 2} 22 23.5 ${positive}"`;
  const parse = (words: Words): number => {
    const parts: string[] = [];
    while (!words.isAtEnd && parts.length < 4 && !isDirection(parts.at(-1))) parts.push(words.next().text);
    const text = parts.join(" ").toUpperCase();
    const [, degrees, minutes = 0, seconds = 0, direction] =
      /^(\d{1,3})(?: (\d{1,2})(?: (\d{1,2}(?:\.\d{1,3})?))?)? ([NSEW])$/.exec(text) ?? [];
    const thousandths = Math.round((Number(degrees) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
    const isRight = direction === positive || direction === negative;
    if (isRight && Number(minutes) < 60 && Number(seconds) < 60 && thousandths <= maxDegrees * 3_600_000)
      return origin + (direction === positive ? thousandths : -thousandths);
    throw new InvalidValue(`${form}, not ${JSON.stringify(text)}`);
  };
  return {
    ...u32,
    accept(given) {
      if (typeof given !== "string") throw new InvalidValue(`${form}, not ${JSON.stringify(given)}`);
      const words = new Words(given);
      const value = parse(words);
      words.end();
      return value;
    },
    parse,
    print(value) {
      const thousandths = Math.abs(value - origin);
      const minutes = Math.floor(thousandths / 60_000);
      const seconds = ((thousandths % 60_000) / 1000).toFixed(3);
      return `${Math.floor(minutes / 60)} ${minutes % 60} ${seconds} ${value < origin ? negative : positive}`;
    },
    read(reader) {
      const value = reader.u32();
      if (Math.abs(value - origin) <= maxDegrees * 3_600_000) return value;
      throw new MalformedMessage("a position is beyond the pole or the antimeridian");
    },
  };
}

const isDirection = (word: string | undefined): boolean => /^[NSEW]$/i.test(word ?? "");

export const latitude = angle("N", "S", 90);
export const longitude = angle("E", "W", 180);

/** A number of meters, or in a zone file a text such as `10.50m`, in centimeters. */
function centimeters(given: unknown, form: string): number {
  const meters = typeof given === "string" ? (/^-?\d+(?:\.\d+)?(?=m?$)/i.exec(given)?.[0] ?? Number.NaN) : given;
  const value = Math.round(Number(meters) * 100);
  if (typeof meters !== "boolean" && Math.abs(Number(meters) * 100 - value) < 1e-6) return value;
  throw new InvalidValue(`${form}, not ${JSON.stringify(given)}`);
}

const inMeters = (value: number): string => `${(value / 100).toFixed(2)}m`;

/** Altitudes count from 100 km below the reference spheroid of GPS. */
const lowest = 10_000_000;
const altitudeForm = "meters from -100000 to 42849672.95, with at most two decimals";

export const altitude: Field<number> = {
  ...u32,
  accept(given) {
    const value = centimeters(given, altitudeForm) + lowest;
    if (value >= 0 && value <= 0xff_ff_ff_ff) return value;
    throw new InvalidValue(`${altitudeForm}, not ${JSON.stringify(given)}`);
  },
  parse: (words) => altitude.accept(words.next().text),
  print: (value) => inMeters(value - lowest),
};

/** A length of one significant digit, whose default is in meters. An octet has the digit and a power of ten. */
export function precision(defaultMeters: number): Field<number> {
  const form = "meters with one significant digit from 0 to 90000000, such as 0.5 or 20";
  const accept = (given: unknown): number => {
    const value = centimeters(given ?? defaultMeters, form);
    const power = Math.max(0, String(value).length - 1);
    if (value >= 0 && value <= 9e9 && value % 10 ** power === 0) return value;
    throw new InvalidValue(`${form}, not ${JSON.stringify(given)}`);
  };
  return {
    accept,
    parse: (words) => accept(words.isAtEnd ? undefined : words.next().text),
    print: inMeters,
    read(reader) {
      const octet = reader.u8();
      if (octet >> 4 <= 9 && (octet & 0xf) <= 9) return (octet >> 4) * 10 ** (octet & 0xf);
      throw new MalformedMessage("a length has no digit or no power of ten");
    },
    write(writer, value) {
      const power = String(value).length - 1;
      writer.u8(((value / 10 ** power) << 4) | power);
    },
  };
}

/** The size is the first field in messages. The version, which is always 0, precedes it. */
export const size: Field<number> = withVersion(precision(1));

function withVersion(field: Field<number>): Field<number> {
  return {
    ...field,
    read(reader) {
      if (reader.u8() !== 0) throw new MalformedMessage("a location has an unknown version");
      return field.read(reader);
    },
    write(writer, value) {
      writer.u8(0);
      field.write(writer, value);
    },
  };
}
