import { somethingElse } from "../resource/resource.ts";
import { isObject, type Properties } from "../wire/wire.ts";

/** One input whose value is not what is there. */
export interface Difference {
  field: string;
  current: unknown;
  wanted: unknown;
}

/** What differs between the inputs and what was seen, field by field. What cannot be observed never differs. */
export function differences(want: Properties, seen: Properties): Difference[] {
  return Object.keys(seen)
    .filter((field) => seen[field] !== undefined && !isSame(seen[field], want[field]))
    .map((field) => ({
      field,
      current: seen[field] === somethingElse ? "(something else)" : seen[field],
      wanted: want[field],
    }));
}

/** Equality of JSON values. node:util has it too, but takes half a millisecond to load it. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  );
}
