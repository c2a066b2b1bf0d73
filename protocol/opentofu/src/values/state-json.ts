import { isRawNumber, parseExact } from "@nixops4-resources/protocol-core";
import { mapValue, typeOf, withType, type EngineType } from "./engine-type.ts";
import { isObjectValue, type Value } from "./value.ts";

/** A value as the engine writes it into its state, where one of the type `dynamic` has its type beside it. */
export function toStateJson(value: Value, type: EngineType): string {
  return JSON.stringify(mapValue(value, type, leaf));
}

function leaf(value: Value, type: EngineType): unknown {
  if (type !== "dynamic" || value === null) return value;
  const own = typeOf(value);
  return { type: own, value: mapValue(value, own, leaf) };
}

/**
 * A value of a state that an older version may have written: attributes that the type does not have are dropped, missing
 * ones and those of another type are null.
 */
export const fromStateJson = (text: string, type: EngineType): Value => fromState(parseExact(text), type);

export function fromState(value: unknown, type: EngineType): Value {
  if (value === null || value === undefined) return null;
  if (type === "dynamic") {
    if (!isObjectValue(value) || !isEngineType(value["type"])) return null;
    return withType(fromState(value["value"], value["type"]), value["type"]);
  }
  if (type === "number") return typeof value === "number" || isRawNumber(value) ? value : null;
  if (type === "string") return typeof value === "string" ? value : null;
  if (type === "bool") return typeof value === "boolean" ? value : null;
  const [kind, inner] = type;
  if (kind === "list" || kind === "set" || kind === "tuple") {
    if (!Array.isArray(value)) return null;
    return value.map((one, index) => fromState(one, kind === "tuple" ? (inner[index] ?? "dynamic") : inner));
  }
  if (!isObjectValue(value)) return null;
  const entries = kind === "map" ? Object.keys(value).map((name) => [name, inner] as const) : Object.entries(inner);
  return Object.fromEntries(entries.map(([name, one]) => [name, fromState(value[name], one)]));
}

/** Only the engine writes types into a state. */
const isEngineType = (type: unknown): type is EngineType => typeof type === "string" || Array.isArray(type);
