import { canonical, InvalidValue } from "@nixops4-resources/dns-client";
import * as z from "zod/mini";
import { refuseZoneFileForm } from "./zone-file-form.ts";
import { failure } from "../failure.ts";

/**
 * One value of a record set. Its fields depend on the record set's type, so `canonicalValues` checks them; JSON Schema and
 * Nix accept a text or any object.
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

/** The values in canonical form, sorted and without duplicates. `field` is their position in the inputs, for errors. */
export function canonicalValues(type: string, values: readonly Value[], field: string): string[] {
  const texts = values.map((given, index) => {
    try {
      if (!isPlainText(type, given)) return canonical(type, given);
      refuseZoneFileForm(given, `${field}[${index}]`);
      return canonical(type, { text: given });
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      const hint = `Correct the value; the documentation of \`values\` describes the forms of ${type}`;
      throw failure(`\`${field}[${index}]\` must have ${error.message}`, "dns.value.invalid", hint, error);
    }
  });
  return [...new Set(texts)].sort();
}

/** In zone file syntax, spaces would split a text and a semicolon would start a comment, which breaks SPF and DKIM. */
const isPlainText = (type: string, given: Value): given is string =>
  type === "TXT" && typeof given === "string" && !given.startsWith('"');

/** The declared values if the stored ones are equal to them, so that spelling is no difference; else the stored ones. */
export function valuesAsDeclared(
  type: string,
  declared: readonly Value[],
  stored: readonly string[],
  field: string,
): Value[] {
  const isEqual = canonicalValues(type, declared, field).join("\n") === stored.join("\n");
  return isEqual ? [...declared] : [...stored];
}
