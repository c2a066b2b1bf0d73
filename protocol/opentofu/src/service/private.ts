import { isExactObject, parseExact } from "@nixops4-resources/protocol-core";
import { fromState, toStateJson } from "../values/state-json.ts";
import { isObjectValue, type ObjectValue } from "../values/value.ts";
import type { ServedType } from "./served-type.ts";

/** What the engine keeps beside a state for the provider: the inputs of the last apply. A refresh does not change them. */
export function encodePrivate(type: ServedType, applied: ObjectValue): Buffer {
  return Buffer.from(`{"version":1,"applied":${toStateJson(applied, type.inputsType)}}`);
}

/** The inputs of the last apply; undefined if there was none, as after an import. */
export function lastApplied(type: ServedType, bytes: Buffer): ObjectValue | undefined {
  if (bytes.length === 0) return undefined;
  const content = parseExact(bytes.toString());
  if (!isExactObject(content) || content["applied"] === undefined) return undefined;
  const applied = fromState(content["applied"], type.inputsType);
  return isObjectValue(applied) ? type.inputsOf(applied) : undefined;
}
