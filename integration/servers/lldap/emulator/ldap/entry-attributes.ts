import { asciiLower, compareBytes } from "../domain/letter-case.ts";

/** An entry of a search's answer. */
export interface LdapEntry {
  readonly dn: string;
  readonly attributes: readonly (readonly [name: string, values: readonly Buffer[]])[];
}

/**
 * The attributes of one entry: those that the client named, in its spelling; with `*` or without any name also `all` and
 * the custom ones. `+` and `1.1` name nothing. Source: crates/ldap/src/core/utils.rs: expand_attribute_wildcards
 */
export function chosenAttributes(
  requested: readonly string[],
  all: readonly string[],
  custom: readonly string[],
  valuesOf: (lowerName: string) => readonly Buffer[] | null,
): LdapEntry["attributes"] {
  const names = new Map<string, string>();
  for (const name of requested) if (!["*", "+", "1.1"].includes(name)) names.set(asciiLower(name), name);
  if (requested.length === 0 || requested.includes("*")) {
    for (const name of [...all, ...custom]) names.set(asciiLower(name), name);
  }
  return [...names]
    .sort(([one], [other]) => compareBytes(one, other))
    .flatMap(([lower, name]) => {
      const values = valuesOf(lower);
      const isEmpty = values === null || (values.length === 1 && values[0]?.length === 0);
      return isEmpty ? [] : [[name, values] as const];
    });
}
