import { labelsOf, nameToText, typeName, typeNumber } from "@nixops4-resources/dns-client";
import type { Key } from "../backend.ts";

const prefix = "_nixops4-";
const wildcard = Buffer.from("_wildcard");
/** Keeps the mark of what is at a delegation out of what is delegated, where nobody would see it. */
const delegation = Buffer.from("_delegation");

/**
 * The name of the TXT records that bear what stands beside a record set: `_nixops4-a.www.example.org.`,
 * `_nixops4-a._wildcard.example.org.`, and for delegations `_nixops4-ns.child._delegation.example.org.`.
 */
export function markNameOf({ name, type }: Key, zone: string): string {
  const labels = labelsOf(name);
  if (labels[0]?.toString("latin1") === "*") labels[0] = wildcard;
  if (type === "DS" || (type === "NS" && name !== zone)) labels.splice(1, 0, delegation);
  return nameToText([Buffer.from(prefix + type.toLowerCase()), ...labels]);
}

/** The key whose mark has this name; undefined for any other name. */
export function keyOfMark(name: string): Key | undefined {
  const [first, ...labels] = labelsOf(name);
  const text = first?.toString("latin1") ?? "";
  const type = text.startsWith(prefix) ? knownType(text.slice(prefix.length)) : undefined;
  if (type === undefined) return undefined;
  if (labels[0]?.equals(wildcard) === true) labels[0] = Buffer.from("*");
  if (labels[1]?.equals(delegation) === true) labels.splice(1, 1);
  return { name: nameToText(labels), type };
}

function knownType(text: string): string | undefined {
  try {
    return typeName(typeNumber(text));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
