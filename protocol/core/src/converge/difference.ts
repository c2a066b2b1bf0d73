import { somethingElse } from "../resource/resource.ts";
import { isObject, type Properties } from "../wire/wire.ts";

/** One input whose current value is not the wanted one. */
export interface Difference {
  field: string;
  current: unknown;
  wanted: unknown;
}

/** The differences between the inputs and what was seen, by field. A field that cannot be observed never differs. */
export function differences(want: Properties, seen: Properties): Difference[] {
  return Object.keys(seen)
    .filter((field) => seen[field] !== undefined && !isEqualJson(seen[field], want[field]))
    .map((field) => ({
      field,
      current: seen[field] === somethingElse ? "(another value)" : seen[field],
      wanted: want[field],
    }));
}

/** Deep equality of JSON values. node:util has a function for it, but loading that takes half a millisecond. */
export function isEqualJson(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isEqualJson(item, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isEqualJson(one[name], other[name]))
  );
}
