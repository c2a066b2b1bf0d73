import { canonicalName, InvalidValue } from "@nixops4-resources/dns-client";
import { option, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { nameOf } from "../name.ts";
import { isReserved } from "../note/mark-name.ts";
import type { Key } from "../stored.ts";
import { fieldList, typesWithFields } from "./field-list.ts";
import { managedType } from "./managed-type.ts";
import { canonicalValues, value, type Value } from "./value.ts";

/** A mark that is managed as a record could be changed or deleted in spite of its owner. */
export const notReserved = z.refine<string>(
  (name) => !hasReservedName(name),
  "a name that does not begin with `_nixops4-`, since the provider keeps its marks under such names",
);

/** Compares the canonical name: an escape or another letter case spells the same name. */
function hasReservedName(name: string): boolean {
  try {
    return isReserved(canonicalName(name));
  } catch (error) {
    // `nameOf` reports a name that is none.
    if (error instanceof InvalidValue) return false;
    throw error;
  }
}

/** The inputs of a record set. */
export const recordSet = {
  name: option(
    withExample(z.string().check(z.minLength(1), notReserved), "www.example.org"),
    "Fully qualified name of the records, with or without a trailing dot; never relative to a zone. A leading `*` label is a wildcard. Labels may be Unicode. Names that begin with `_nixops4-` are reserved: the provider keeps its marks there.",
  ),
  type: option(
    withExample(z.string().check(z.regex(/^[A-Z][A-Z0-9]*$/)), "A"),
    `Type of the records: ${typesWithFields.join(", ")}, or any other type by its number, such as \`TYPE65400\`.`,
  ),
  ttlSeconds: option(
    z.int().check(z.minimum(0), z.maximum(2_147_483_647)),
    "Time to live of the records in resolvers' caches, in seconds.",
    300,
  ),
  values: option(
    withExample(z.array(value).check(z.minLength(1)), ["192.0.2.1"]),
    `All values of the name and type, in any order. Each is a text as in a zone file (\`10 mail.example.org.\`) or an object with the fields of its type (\`{ preference = 10; exchange = "mail.example.org"; }\`). Names in values are fully qualified. A TXT text is taken literally unless it begins with a double quote, and is split every 255 octets. Other texts in the form of a zone file, such as \`( "a" "b" )\` or \`a\\; b\`, are rejected; \`{ text = ...; }\` is always literal. ${fieldList} Types without supported fields are written \`\\# LENGTH HEXADECIMAL\` (RFC 3597).`,
  ),
};

export interface GivenSet {
  name: string;
  type: string;
  ttlSeconds: number;
  values: readonly Value[];
}

/** A wanted record set in canonical form. */
export interface WantedSet extends Key {
  readonly ttlSeconds: number;
  readonly values: readonly string[];
}

/** Converts a record set of the inputs. `path` is its position in the inputs, such as `rrsets[0].`, for errors. */
export function wantedSet({ name, type, ttlSeconds, values }: GivenSet, path = ""): WantedSet {
  const known = managedType(type);
  return {
    name: nameOf(name, `${path}name`),
    type: known,
    ttlSeconds,
    values: canonicalValues(known, values, `${path}values`),
  };
}
