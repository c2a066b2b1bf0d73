import { labelsOf, nameToText, typeName, typeNumber } from "@nixops4-resources/dns-client";
import type { Key } from "../stored.ts";

const prefix = "_nixops4-";
/**
 * Types whose marks are named by the mnemonic. All other types are named by their number, also those that got a supported
 * name later: a set that was declared as TYPE29 and now is a LOC keeps its mark. So never add a type here.
 */
const namedByMnemonic = new Set(
  "A AAAA CAA CNAME DNAME DS HTTPS MX NAPTR NS PTR SOA SRV SSHFP SVCB TLSA TXT".split(" "),
);
/** Moves the mark of a delegation, or of a DNAME record, out of the namespace below, where the server would hide it. */
const delegation = Buffer.from("_delegation");

/**
 * The name of the TXT records with the note of a record set: `_nixops4-a.www.example.org.`,
 * `_nixops4-a._wildcard.example.org.` for a wildcard, `_nixops4-ns.child._delegation.example.org.` for a delegation. No two
 * keys of a zone have the same.
 */
export function markNameOf({ name, type }: Key, zone: string): string {
  const [first, ...others] = labelsOf(name);
  // Not for the zone's own name: the mark must be in the zone.
  const labels = first === undefined ? [] : [name === zone ? first : encoded(first), ...others];
  if (hidesBelow(type, name, zone)) labels.splice(1, 0, delegation);
  const kind = namedByMnemonic.has(type) ? type : `TYPE${typeNumber(type)}`;
  return nameToText([Buffer.from(prefix + kind.toLowerCase()), ...labels]);
}

/** The key whose note has this name; undefined for any other name. */
export function keyOfMark(name: string, zone: string): Key | undefined {
  const [kind, ...labels] = labelsOf(name);
  const text = kind?.toString("latin1") ?? "";
  const type = text.startsWith(prefix) ? knownType(text.slice(prefix.length)) : undefined;
  if (type === undefined) return undefined;
  if (hidesBelow(type, nameToText(labels), zone) && labels[1]?.equals(delegation) === true) labels.splice(1, 1);
  const [first, ...others] = labels;
  const isZone = nameToText(labels) === zone;
  const decoded = first === undefined ? [] : [isZone ? first : decodedFrom(first), ...others];
  const key = { name: nameToText(decoded), type };
  // A name that no key encodes to is somebody else's.
  return markNameOf(key, zone) === name ? key : undefined;
}

/** Whether a name is reserved: the names of marks and of manifests begin so. */
export const isReserved = (name: string): boolean =>
  labelsOf(name)[0]?.toString("latin1").toLowerCase().startsWith(prefix) === true;

const hidesBelow = (type: string, name: string, zone: string): boolean =>
  type === "DS" || ((type === "NS" || type === "DNAME") && name !== zone);

/**
 * `_wildcard` replaces `*`, which would make the mark a wildcard itself. A label that already is `_wildcard` gets one more
 * underscore, and so does the result of that.
 */
function encoded(label: Buffer): Buffer {
  const text = label.toString("latin1");
  if (text === "*") return Buffer.from("_wildcard");
  return /^_+wildcard$/.test(text) ? Buffer.concat([Buffer.from("_"), label]) : label;
}

function decodedFrom(label: Buffer): Buffer {
  const text = label.toString("latin1");
  if (text === "_wildcard") return Buffer.from("*");
  return /^__+wildcard$/.test(text) ? label.subarray(1) : label;
}

/** The mnemonic, or `TYPE65400`, of a type in any spelling; undefined if it is unknown. */
export function knownType(text: string): string | undefined {
  try {
    return typeName(typeNumber(text));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
