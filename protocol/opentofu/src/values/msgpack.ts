import { decode, encode, ExtData, type ExtensionCodecType } from "@msgpack/msgpack";
import { isRawNumber, type RawNumber } from "@nixops4-resources/protocol-core";
import { mapValue, mismatch, typeOf, withType, type EngineType } from "./engine-type.ts";
import { isObjectValue, isUnknown, unknown, type Value } from "./value.ts";

/**
 * The engine marks unknown values by extensions of MessagePack: 0 without, 12 with refinements, such as a known prefix.
 * Refinements are ignored, and never sent. Source: https://github.com/zclconf/go-cty, cty/msgpack/unknown.go
 */
const unknowns: ExtensionCodecType<undefined> = {
  tryToEncode: (value) => (isUnknown(value) ? new ExtData(0, new Uint8Array([0])) : null),
  decode: () => unknown,
};

const options = { extensionCodec: unknowns, useBigInt64: true } as const;

export function encodeMsgpack(value: Value, type: EngineType): Buffer {
  return Buffer.from(encode(mapValue(value, type, encodeLeaf), options));
}

function encodeLeaf(value: Value, type: EngineType): unknown {
  if (value === null) return value;
  if (isUnknown(value) && (type !== "dynamic" || typeOf(value) === "dynamic")) return value;
  switch (type) {
    case "dynamic": {
      const own = typeOf(value);
      return [Buffer.from(JSON.stringify(own)), mapValue(value, own, encodeLeaf)];
    }
    case "string":
      // The engine normalizes its own strings, so another form would look like a change.
      return typeof value === "string" ? value.normalize("NFC") : reject(type);
    case "bool":
      return typeof value === "boolean" ? value : reject(type);
    case "number":
      return typeof value === "number" ? value : isRawNumber(value) ? encodeNumber(value) : reject(type);
    default:
      return reject(type);
  }
}

function reject(type: EngineType): never {
  throw mismatch(type);
}

function encodeNumber({ rawJSON }: RawNumber): bigint | string {
  if (!/^-?\d+$/.test(rawJSON)) return rawJSON;
  const integer = BigInt(rawJSON);
  return integer >= -(2n ** 63n) && integer < 2n ** 64n ? integer : rawJSON;
}

export const decodeMsgpack = (bytes: Uint8Array, type: EngineType): Value => fromWire(decode(bytes, options), type);

function fromWire(value: unknown, type: EngineType): Value {
  if (value === null || value === undefined) return null;
  if (isUnknown(value)) return value;
  if (type === "dynamic") {
    if (!Array.isArray(value) || !(value[0] instanceof Uint8Array)) throw mismatch(type);
    const own: EngineType = JSON.parse(Buffer.from(value[0]).toString());
    return withType(fromWire(value[1], own), own);
  }
  if (type === "number") return numberFromWire(value);
  if (typeof type === "string") return typeof value === "string" || typeof value === "boolean" ? value : reject(type);
  const [kind, inner] = type;
  if (kind === "list" || kind === "set" || kind === "tuple") {
    if (!Array.isArray(value)) throw mismatch(type);
    return value.map((one, index) => fromWire(one, kind === "tuple" ? (inner[index] ?? "dynamic") : inner));
  }
  if (!isRecord(value)) throw mismatch(type);
  const entries = kind === "map" ? Object.keys(value).map((name) => [name, inner] as const) : Object.entries(inner);
  return Object.fromEntries(entries.map(([name, one]) => [name, fromWire(value[name], one)]));
}

const isRecord = (value: unknown): value is Record<string, unknown> => isObjectValue(value);

/** A number arrives as an integer, a float, or as text if neither holds it. */
function numberFromWire(value: unknown): Value {
  if (typeof value === "number") return value;
  if (typeof value !== "bigint" && typeof value !== "string") throw mismatch("number");
  const text = String(value);
  return String(Number(text)) === text ? Number(text) : JSON.rawJSON(text);
}
