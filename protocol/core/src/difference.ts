import { isDeepStrictEqual } from "node:util";
import { somethingElse } from "./resource.ts";
import type { Properties } from "./wire.ts";

/** One input whose value is not what is there. */
export interface Difference {
  field: string;
  current: unknown;
  wanted: unknown;
}

/** What differs between the inputs and what was seen, field by field. What cannot be observed never differs. */
export function differences(want: Properties, seen: Properties): Difference[] {
  return Object.keys(seen)
    .filter((field) => seen[field] !== undefined && !isDeepStrictEqual(seen[field], want[field]))
    .map((field) => ({
      field,
      current: seen[field] === somethingElse ? "(something else)" : seen[field],
      wanted: want[field],
    }));
}
