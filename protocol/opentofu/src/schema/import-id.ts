import { isDeepStrictEqual } from "node:util";
import { toEngine } from "./convert.ts";
import type { Field, TypeSchema } from "./form.ts";

type Properties = Readonly<Record<string, unknown>>;

/**
 * The id with which an import finds an object, and after which a plan shows no change: the inputs that identify the object,
 * and those that differ from their defaults, since no backend shows all of them.
 */
export function importId({ inputs: { fields }, identity }: TypeSchema, inputs: Properties): string {
  const needed = fields.filter((field) => identity.includes(field.input) || isGiven(field, inputs));
  return JSON.stringify(
    Object.fromEntries(needed.map(({ name, input, form }) => [name, toEngine(inputs[input], form)])),
  );
}

/** Whether an input has another value than its default. */
export const isGiven = ({ input, fallback = null }: Field, inputs: Properties): boolean =>
  !isDeepStrictEqual(inputs[input] ?? null, fallback);
