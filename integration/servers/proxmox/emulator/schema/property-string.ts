import type { Properties } from "./spec.ts";
import { failure } from "../refusal.ts";

/** The parts of a property string by key, with its aliases resolved. Source: PVE/JSONSchema.pm: parse_property_string */
export function parsePropertyString(text: string, format: Properties): Map<string, string> {
  const parts = new Map<string, string>();
  const defaultKey = Object.keys(format).find((key) => format[key]?.default_key === 1);
  let hasDefault = false;
  for (const part of text.split(",").filter((candidate) => candidate.trim() !== "")) {
    const pair = /^([^=]+)=(.+)$/s.exec(part);
    if (pair !== null) addPair(parts, format, pair[1] ?? "", pair[2] ?? "");
    else if (part.includes("=")) throw failure("missing key in comma-separated list property");
    else {
      if (defaultKey === undefined) throw failure("value without key, but schema does not define a default key");
      if (hasDefault || parts.has(defaultKey)) throw duplicate(defaultKey);
      hasDefault = true;
      parts.set(defaultKey, valueOf(part, format[defaultKey]?.type));
    }
  }
  return parts;
}

const duplicate = (key: string): Error => failure(`duplicate key in comma-separated list property: ${key}`);

function addPair(parts: Map<string, string>, format: Properties, key: string, value: string): void {
  if (parts.has(key)) throw duplicate(key);
  const { alias, keyAlias } = format[key] ?? {};
  if (keyAlias !== undefined) {
    if (parts.has(keyAlias)) throw failure(`key alias '${keyAlias}' is already defined`);
    parts.set(keyAlias, key);
  }
  const target = alias ?? key;
  if (alias !== undefined && parts.has(target)) throw failure(`key '${target}' is already defined (via alias)`);
  // An unknown key is an error of the schema, not of the parser. Reference: the check "ssd on virtio"
  parts.set(target, valueOf(value, format[target]?.type));
}

/** Booleans of property strings have more spellings. */
function valueOf(value: string, type: string | undefined): string {
  if (type !== "boolean") return value;
  if (/^(1|on|yes|true)$/i.test(value)) return "1";
  return /^(0|off|no|false)$/i.test(value) ? "0" : value;
}
