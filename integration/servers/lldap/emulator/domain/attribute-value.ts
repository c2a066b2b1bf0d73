import { parseRfc3339, toGeneralizedTime, toRfc3339 } from "./instant.ts";
import { isJpeg } from "./jpeg.ts";

export type AttributeType = "STRING" | "INTEGER" | "JPEG_PHOTO" | "DATE_TIME";

/** Values of an attribute in the form that GraphQL shows. Equal values have equal texts. */
export interface AttributeValue {
  readonly type: AttributeType;
  readonly values: readonly string[];
}

/**
 * The values that a client sent, or undefined if they do not fit the type. Source: crates/domain/src/deserialize.rs:
 * deserialize_attribute_value
 */
export function parseAttributeValue(
  sent: readonly string[],
  type: AttributeType,
  isList: boolean,
): AttributeValue | undefined {
  if (!isList && sent.length !== 1) return undefined;
  const values = sent.map(parsers[type]);
  return values.every((value) => value !== undefined) ? { type, values } : undefined;
}

/** The values as bytes of LDAP. Source: crates/ldap/src/core/utils.rs: get_custom_attribute */
export function toLdap({ type, values }: AttributeValue): Buffer[] {
  switch (type) {
    case "STRING":
    case "INTEGER":
      return values.map((value) => Buffer.from(value));
    case "JPEG_PHOTO":
      return values.map((value) => Buffer.from(value, "base64"));
    case "DATE_TIME":
    default:
      return values.map((value) => Buffer.from(generalized(value)));
  }
}

const parsers: Record<AttributeType, (text: string) => string | undefined> = {
  STRING: (text) => text,
  INTEGER: parseInteger,
  DATE_TIME: parseDate,
  JPEG_PHOTO: parsePhoto,
};

/** 64 bits with a sign, which may be a plus. */
function parseInteger(text: string): string | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  return BigInt.asIntN(64, value) === value ? String(value) : undefined;
}

function parseDate(text: string): string | undefined {
  const instant = parseRfc3339(text);
  return instant === undefined ? undefined : toRfc3339(instant, "+00:00");
}

/** Base64 with its padding. No bytes are a photo too. */
function parsePhoto(text: string): string | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) return undefined;
  return bytes.length === 0 || isJpeg(bytes) ? text : undefined;
}

function generalized(date: string): string {
  const instant = parseRfc3339(date);
  if (instant === undefined) throw new TypeError(`Not a date: ${date}`);
  return toGeneralizedTime(instant);
}
