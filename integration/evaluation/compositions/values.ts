/** A value of Nix as JSON. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

const isSet = (value: Value | undefined): value is { readonly [name: string]: Value } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Undefined if there is nothing at the path. */
export function valueAt(value: Value, path: readonly string[]): Value | undefined {
  let found: Value | undefined = value;
  for (const name of path) found = isSet(found) ? found[name] : undefined;
  return found;
}

/** Paths of all names in nested sets. */
export function pathsOf(value: Value): string[][] {
  if (!isSet(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[name], ...pathsOf(inner).map((path) => [name, ...path])]);
}

/** Paths that end with these names. */
export const occurrences = (value: Value, names: readonly string[]): string[][] =>
  pathsOf(value).filter((path) => path.slice(-names.length).join("\n") === names.join("\n"));

/** All strings, at any depth. */
export function textsOf(value: Value): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isSet(value) ? Object.values(value).flatMap(textsOf) : [];
}
