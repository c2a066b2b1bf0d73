import { isEqualJson } from "@nixops4-resources/protocol-core";
import type { Specification } from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import { kindOf, withCurrentNames, type Given, type Kind } from "../generators/generators.ts";
import type { Generated } from "../generators/generator.ts";

// A specification is stored beside the value: the input `generator`, with the origin in place of the input that names
// the source. `{ bcrypt: { cost: 12, source: { name: "shop/admin", version: 4, fingerprint: "..." } } }`

/** Generates a value and its specification. */
export async function generate(given: Given): Promise<Generated & { specification: Specification }> {
  const { name, generator, inputs } = knownKind(given);
  const origin = (await generator.origin?.identify(inputs)) ?? {};
  const specification = { [name]: { ...inputs, ...(generator.origin && { [generator.origin.input]: origin }) } };
  return { ...(await generator.generate(inputs, origin)), specification };
}

/** Reads a stored specification, which a later version may have written. */
export const asGiven = (stored: unknown): Given =>
  withCurrentNames(
    Object.fromEntries(
      Object.entries(isObject(stored) ? stored : {}).flatMap(([kind, inputs]) =>
        isObject(inputs) ? [[kind, inputs]] : [],
      ),
    ),
  );

/** An imported value has no specification, so it matches every generator. */
const isImported = (stored: Given): boolean => Object.keys(stored).length === 0;

/** Whether the given generator created the value. Ignores the origin. */
export function isMadeBy(given: Given, stored: Given): boolean {
  return isImported(stored) || isEqualJson(inputsOf(knownKind(given)), inputsOf(kindOf(stored)));
}

/** Whether the value was derived from the current origin. Looks the origin up without reading its value. */
export async function isMadeFromSame(given: Given, stored: Given): Promise<boolean> {
  const { name, generator, inputs } = knownKind(given);
  if (generator.origin === undefined || isImported(stored)) return true;
  const before = stored[name]?.[generator.origin.input];
  const now = await generator.origin.identify(inputs);
  // Fields known on only one side are ignored.
  return Object.entries(now).every(([key, value]) => !isObject(before) || (before[key] ?? value) === value);
}

/** The inputs without the origin, and with defaults that were added since. */
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
  if (kind === undefined) throw new TypeError(`Unknown generator ${Object.keys(given).join()}`);
  return kind;
}
