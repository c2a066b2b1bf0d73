import { isObjectValue, isUnknown, type Value } from "../values/value.ts";

/** A value as JSON syntax has it: without nulls, and with `${` and `%{` as text. */
export function written(value: Value): Value {
  if (typeof value === "string") return escaped(value);
  if (isUnknown(value)) throw new TypeError("A configuration has no unknown values.");
  if (Array.isArray(value)) return value.map(written);
  if (!isObjectValue(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[escaped(name), written(inner)]])),
  );
}

export const escaped = (text: string): string => text.replaceAll(/[$%](?=\{)/g, "$&$&");
