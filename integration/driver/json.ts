/** Any JSON value, as in the protocol and in the state. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [name: string]: Json };

/** Parses a JSON text. Throws SyntaxError. */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  return value;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON with sorted keys: equal texts for equal values. */
export const sortedJson = (value: Json): string =>
  JSON.stringify(value, (_name, inner: Json) =>
    isJsonObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );

/**
 * The first integer that JavaScript cannot represent exactly, if any. Nix has integers up to 2^63-1; sending a number
 * that differs from the deployment's would be worse than rejecting it.
 */
export function inexactInteger(value: Json): number | undefined {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const inner of Object.values(value)) {
    const found = inexactInteger(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
