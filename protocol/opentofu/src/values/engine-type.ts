import { isRawNumber } from "@nixops4-resources/protocol-core";
import { isObjectValue, isUnknown, newUnknown, type Value } from "./value.ts";

/**
 * A type of the engine, in its JSON form. A value of the type `dynamic` carries its own type.
 * Source: https://github.com/zclconf/go-cty, docs/json.md
 */
export type EngineType =
  | "string"
  | "bool"
  | "number"
  | "dynamic"
  | ["list" | "set" | "map", EngineType]
  | ["tuple", EngineType[]]
  | ["object", Record<string, EngineType>];

/** The type that the engine named for a value that carries its own. A list and a tuple are equal here, but not for it. */
const namedType = Symbol("type");

/** The value, which carries this type. */
export function withType(value: Value, type: EngineType): Value {
  const typed = isUnknown(value) ? newUnknown() : value;
  if (typeof typed === "object" && typed !== null && !isRawNumber(typed)) {
    Object.defineProperty(typed, namedType, { value: type });
  }
  return typed;
}

/** The type of a value that carries its own: the one that the engine named, or the one that its parts have. */
export function typeOf(value: Value): EngineType {
  const named: EngineType | undefined =
    typeof value === "object" && value !== null ? Reflect.get(value, namedType) : undefined;
  if (named !== undefined) return named;
  if (value === null || isUnknown(value)) return "dynamic";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" || isRawNumber(value)) return "number";
  if (Array.isArray(value)) return ["tuple", value.map(typeOf)];
  return ["object", Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, typeOf(inner)]))];
}

/**
 * Applies `leaf` to each part of a value that is no container, along with its type. Every attribute of an object is
 * present in the result; an absent one is null.
 */
export function mapValue(value: Value, type: EngineType, leaf: (value: Value, type: EngineType) => unknown): unknown {
  if (value === null || isUnknown(value) || typeof type === "string") return leaf(value, type);
  const [kind, inner] = type;
  if (kind === "object") {
    if (!isObjectValue(value)) throw mismatch(type);
    return Object.fromEntries(
      Object.entries(inner).map(([name, one]) => [name, mapValue(value[name] ?? null, one, leaf)]),
    );
  }
  if (kind === "map") {
    if (!isObjectValue(value)) throw mismatch(type);
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapValue(one, inner, leaf)]));
  }
  if (!Array.isArray(value)) throw mismatch(type);
  return value.map((one, index) => mapValue(one, kind === "tuple" ? (inner[index] ?? "dynamic") : inner, leaf));
}

export const mismatch = (type: EngineType): TypeError =>
  new TypeError(`A value does not have the type ${JSON.stringify(type)}`);
