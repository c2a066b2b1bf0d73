import { displayName } from "../name.ts";
import { valuesAsDeclared } from "../record-set/value.ts";
import { isSameKey, type Key, type Stored } from "../stored.ts";
import type { Wanted } from "./inputs.ts";

type Inputs = Wanted["rrsets"];

/** A stored set in the form of the declared input; empty if the set has no records or is not a member. */
export function asDeclared(
  given: Inputs[number],
  index: number,
  stored: Stored | undefined,
  members: readonly Key[] | undefined,
): Inputs {
  if (stored === undefined || stored.values.length === 0) return [];
  if (members !== undefined && (stored.note === null || !members.some((key) => isSameKey(key, stored)))) return [];
  const values = valuesAsDeclared(stored.type, given.values, stored.values, `rrsets[${index}].values`);
  return [{ name: given.name, type: given.type, ttlSeconds: stored.ttlSeconds, values }];
}

/** A stored set in the form of an input. */
export const asInput = ({ name, type, ttlSeconds, values }: Stored): Inputs[number] => ({
  name: displayName(name),
  type,
  ttlSeconds,
  values: [...values],
});
