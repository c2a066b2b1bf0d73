import { canonical, InvalidValue } from "@nixops4-resources/dns-client";
import * as z from "zod/mini";
import { failure } from "./failure.ts";

/**
 * One value of a record set. Which fields it may have hangs on the type beside it, so it is checked with that; in JSON
 * Schema and Nix it is a text or any object.
 */
export const value = z
  .custom<string | Record<string, unknown>>(
    (given) => typeof given === "string" || (typeof given === "object" && given !== null && !Array.isArray(given)),
    { error: () => "a text or an object" },
  )
  .register(z.globalRegistry, {
    description: "A record's value, as text or by its fields.",
    anyOf: [{ type: "string" }, { type: "object", additionalProperties: {} }],
  });

export type Value = z.output<typeof value>;

/** The values of a set in their canonical form, sorted, each once. `field` is where they stand in the inputs. */
export function canonicalValues(type: string, values: readonly Value[], field: string): string[] {
  const texts = values.map((given, index) => {
    try {
      return canonical(type, isPlainText(type, given) ? { text: given } : given);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      const hint = `See the documentation of \`values\` for what ${type} wants`;
      throw failure(`\`${field}[${index}]\` must have ${error.message}`, "dns.value.invalid", hint, error);
    }
  });
  return [...new Set(texts)].sort();
}

/** In a zone file, blanks would end a text and a semicolon would begin a comment: SPF and DKIM would be cut to pieces. */
const isPlainText = (type: string, given: Value): boolean =>
  type === "TXT" && typeof given === "string" && !given.startsWith('"');

/** The values as the user has written them, where they are the ones that are there; else those that are there. */
export function inUsersWords(type: string, wanted: readonly Value[], there: readonly string[], field: string): Value[] {
  const isSame = canonicalValues(type, wanted, field).join("\n") === there.join("\n");
  return isSame ? [...wanted] : [...there];
}
