import { labelsOf, nameToText, typeName, typeNumber } from "@nixops4-resources/dns-client";
import type { Key } from "../stored.ts";

const prefix = "_nixops4-";
const wildcard = Buffer.from("_wildcard");
/** Moves the mark of a delegation out of the delegated namespace, where the server would hide it. */
const delegation = Buffer.from("_delegation");

/**
 * The name of the TXT records with the note of a record set: `_nixops4-a.www.example.org.`,
 * `_nixops4-a._wildcard.example.org.` for a wildcard, `_nixops4-ns.child._delegation.example.org.` for a delegation.
 */
export function markNameOf({ name, type }: Key, zone: string): string {
  const labels = labelsOf(name);
  if (labels[0]?.toString("latin1") === "*") labels[0] = wildcard;
  if (type === "DS" || (type === "NS" && name !== zone)) labels.splice(1, 0, delegation);
  return nameToText([Buffer.from(prefix + type.toLowerCase()), ...labels]);
}

/** The key whose note has this name; undefined for any other name. */
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
