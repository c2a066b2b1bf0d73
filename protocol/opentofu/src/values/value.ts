import { isRawNumber, type RawNumber } from "@nixops4-resources/protocol-core";

const unknownMark = Symbol("unknown");

/** A value that the engine does not know yet, since another resource determines it. */
export interface Unknown {
  readonly [unknownMark]: true;
}
export const newUnknown = (): Unknown => ({ [unknownMark]: true });
export const unknown = newUnknown();
export const isUnknown = (value: unknown): value is Unknown =>
  typeof value === "object" && value !== null && unknownMark in value;

/** A value of the engine. A number that JavaScript would change is a RawNumber. */
export type Value = null | boolean | number | string | RawNumber | Unknown | Value[] | ObjectValue;
export type ObjectValue = { [name: string]: Value };

export const isObjectValue = (value: unknown): value is ObjectValue =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isRawNumber(value) && !isUnknown(value);

/** Whether a part of the value is unknown. */
export function hasUnknown(value: Value | undefined): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObjectValue(value) && Object.values(value).some(hasUnknown);
}

/** Deep equality. The order of the names of an object does not matter. */
export function isEqualValue(one: Value, other: Value): boolean {
  if (isUnknown(one)) return isUnknown(other);
  if (isRawNumber(one) && isRawNumber(other)) return one.rawJSON === other.rawJSON;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isEqualValue(item, other[index] ?? null));
  }
  if (!isObjectValue(one) || !isObjectValue(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isEqualValue(one[name] ?? null, other[name] ?? null))
  );
}
