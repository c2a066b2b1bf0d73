import { canonical, fieldsOf, rdataOf } from "@nixops4-resources/dns-client";
import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "../errors.ts";

/** OctoDNS' names of the fields of a value, by ours. Source: https://octodns.readthedocs.io/en/latest/records.html */
const fieldNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CAA: { flags: "flags", tag: "tag", value: "value" },
  DS: { keyTag: "key_tag", algorithm: "algorithm", digestType: "digest_type", digest: "digest" },
  MX: { preference: "preference", exchange: "exchange" },
  NAPTR: {
    order: "order",
    preference: "preference",
    flags: "flags",
    services: "service",
    regexp: "regexp",
    replacement: "replacement",
  },
  SRV: { priority: "priority", weight: "weight", port: "port", target: "target" },
  SSHFP: { algorithm: "algorithm", fingerprintType: "fingerprint_type", fingerprint: "fingerprint" },
  TLSA: {
    usage: "certificate_usage",
    selector: "selector",
    matchingType: "matching_type",
    data: "certificate_association_data",
  },
};

/** Fields that are octets for us, and hexadecimal digits for OctoDNS. */
const hexadecimal = new Set(["digest", "fingerprint", "data"]);

/** Types whose values are one text for both of us. */
const plain = new Set(["A", "AAAA", "CNAME", "NS", "PTR"]);

/** Whether OctoDNS' records of this type are told in our form. */
export const isKnownToOctodns = (type: string): boolean => plain.has(type) || type === "TXT" || type in fieldNames;

/** A canonical value in OctoDNS' form. Throws where OctoDNS could not store exactly it. */
export function toOctodns(type: string, value: string): unknown {
  if (plain.has(type)) return value;
  const fields = fieldsOf(type, rdataOf(type, value));
  if (type === "TXT") return textToOctodns(value, fields);
  const names = fieldNames[type];
  if (names === undefined) throw unsuitable(`records of type ${type} go another way than through OctoDNS`);
  return Object.fromEntries(
    Object.entries(names).map(([ours, theirs]) => {
      const field = fields[ours];
      if (!Buffer.isBuffer(field)) return [theirs, field];
      return [theirs, field.toString(hexadecimal.has(ours) ? "hex" : "utf8")];
    }),
  );
}

/** A value of OctoDNS' in canonical form. */
export function fromOctodns(type: string, value: unknown): string {
  if (type === "TXT") return canonical(type, { text: withLines(String(value).replaceAll(String.raw`\;`, ";")) });
  const names = fieldNames[type];
  if (names === undefined || typeof value !== "object" || value === null) return canonical(type, String(value));
  const given = new Map(Object.entries(value));
  return canonical(type, Object.fromEntries(Object.entries(names).map(([ours, theirs]) => [ours, given.get(theirs)])));
}

/** OctoDNS has one text of ASCII, with a backslash before each semicolon, and cuts it into strings of 255 itself. */
function textToOctodns(value: string, { text }: Record<string, unknown>): string {
  const given = Array.isArray(text) ? Buffer.concat(text).toString("latin1") : "";
  const whole = onOneLine(given);
  if (!/^[\u0020-\u005B\u005D-\u007E]*$/.test(whole)) {
    throw unsuitable(`the TXT ${value} has a character that OctoDNS cannot carry: only ASCII without backslashes`);
  }
  if (canonical("TXT", { text: given }) !== value) {
    throw unsuitable(`the TXT ${value} is cut into strings otherwise than OctoDNS would do it, at every 255 octets`);
  }
  return whole.replaceAll(";", String.raw`\;`);
}

/** What we write for ourselves has lines, and neither those nor its names a slash between spaces. */
const isOurs = (text: string): boolean => text.startsWith("nixops4:");
const onOneLine = (text: string): string => (isOurs(text) ? text.replaceAll("\n", " / ") : text);
const withLines = (text: string): string => (isOurs(text) ? text.replaceAll(" / ", "\n") : text);

const unsuitable = (reason: string): ProviderError<ErrorCode> =>
  new ProviderError<ErrorCode>(reason, {
    code: "dns.octodns.value",
    hint: "Change the record, or manage the zone by another `connection`",
  });
