import { isEqualJson } from "@nixops4-resources/protocol-core";
import type { Specification } from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import { kindOf, type Given, type Kind } from "../generators/generators.ts";
import type { Generated } from "../generators/generator.ts";

// What a value was made by is kept beside it: the input `generator`, in which the origin stands in place of the input that
// says what the value is made from. `{ bcrypt: { cost: 12, source: { name: "shop/admin", version: 4, fingerprint: "..." } } }`

/** Makes a value, and tells what it was made by. */
export async function generate(given: Given): Promise<Generated & { specification: Specification }> {
  const { name, generator, inputs } = knownKind(given);
  const origin = (await generator.origin?.identify(inputs)) ?? {};
  const specification = { [name]: { ...inputs, ...(generator.origin && { [generator.origin.input]: origin }) } };
  return { ...(await generator.generate(inputs, origin)), specification };
}

/** As a store keeps it, which may be of a later version. */
export const asGiven = (stored: unknown): Given =>
  Object.fromEntries(
    Object.entries(isObject(stored) ? stored : {}).flatMap(([kind, inputs]) =>
      isObject(inputs) ? [[kind, inputs]] : [],
    ),
  );

/** A value that a person brought has no specification: whatever is declared may have made it. */
const isBrought = (stored: Given): boolean => Object.keys(stored).length === 0;

/** Whether the value was made by what is given now. What it was made from is another question. */
export function isMadeBy(given: Given, stored: Given): boolean {
  return isBrought(stored) || isEqualJson(inputsOf(knownKind(given)), inputsOf(kindOf(stored)));
}

/** Whether the value was made from what is there now. Looks at that, without reading it. */
export async function isMadeFromSame(given: Given, stored: Given): Promise<boolean> {
  const { name, generator, inputs } = knownKind(given);
  if (generator.origin === undefined || isBrought(stored)) return true;
  const before = stored[name]?.[generator.origin.input];
  const now = await generator.origin.identify(inputs);
  // What is known of only one of them speaks against nothing.
  return Object.entries(now).every(([key, value]) => !isObject(before) || (before[key] ?? value) === value);
}

/** Without the origin, and with the defaults that a version has added since. */
function inputsOf(kind: Kind | undefined): unknown {
  if (kind === undefined) return undefined;
  const { name, generator, inputs } = kind;
  const { [generator.origin?.input ?? ""]: _, ...shape } = generator.inputs();
  const { success, data } = z.object(shape).safeParse(inputs);
  return { [name]: success ? data : inputs };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

function knownKind(given: Given): Kind {
  const kind = kindOf(given);
  if (kind === undefined) throw new TypeError(`There is no generator ${Object.keys(given).join()}`);
  return kind;
}
