import { canonical, fieldsOf, rdataOf } from "@nixops4-resources/dns-client";
import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "../errors.ts";

/** OctoDNS' name of each field of a value. Source: https://octodns.readthedocs.io/en/latest/records.html */
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

/** Fields with octets that OctoDNS writes as hexadecimal digits. */
const hexadecimal = new Set(["digest", "fingerprint", "data"]);

/** Types whose values are the same text here and in OctoDNS. */
const plain = new Set(["A", "AAAA", "CNAME", "NS", "PTR"]);

/** Whether values of this type can be converted. */
export const isKnownToOctodns = (type: string): boolean => plain.has(type) || type === "TXT" || type in fieldNames;

/** Converts a canonical value to OctoDNS' form. Throws if OctoDNS cannot store exactly this value. */
export function toOctodns(type: string, value: string): unknown {
  if (plain.has(type)) return value;
  const fields = fieldsOf(type, rdataOf(type, value));
  if (type === "TXT") return textToOctodns(value, fields);
  const names = fieldNames[type];
  if (names === undefined) throw unsuitable(`records of type ${type} are not supported through OctoDNS`);
  return Object.fromEntries(
    Object.entries(names).map(([ours, theirs]) => {
      const field = fields[ours];
      if (!Buffer.isBuffer(field)) return [theirs, field];
      return [theirs, field.toString(hexadecimal.has(ours) ? "hex" : "utf8")];
    }),
  );
}

/** Converts a value of OctoDNS to canonical form. */
export function fromOctodns(type: string, value: unknown): string {
  if (type === "TXT") return canonical(type, { text: withLines(String(value).replaceAll(String.raw`\;`, ";")) });
  const names = fieldNames[type];
  if (names === undefined || typeof value !== "object" || value === null) return canonical(type, String(value));
  const given = new Map(Object.entries(value));
  return canonical(type, Object.fromEntries(Object.entries(names).map(([ours, theirs]) => [ours, given.get(theirs)])));
}

/** OctoDNS takes one ASCII text with escaped semicolons, and splits it into strings of 255 octets itself. */
function textToOctodns(value: string, { text }: Record<string, unknown>): string {
  const given = Array.isArray(text) ? Buffer.concat(text).toString("latin1") : "";
  const whole = onOneLine(given);
  if (!/^[\u0020-\u005B\u005D-\u007E]*$/.test(whole)) {
    throw unsuitable(
      `the TXT value ${value} has a character that OctoDNS cannot store: it supports only ASCII without backslashes`,
    );
  }
  if (canonical("TXT", { text: given }) !== value) {
    throw unsuitable(`the TXT value ${value} is split into strings, but OctoDNS splits only at every 255 octets`);
  }
  return whole.replaceAll(";", String.raw`\;`);
}

/** Our own texts have several lines, which OctoDNS does not support. They never contain a slash between spaces. */
const isOurs = (text: string): boolean => text.startsWith("nixops4:");
const onOneLine = (text: string): string => (isOurs(text) ? text.replaceAll("\n", " / ") : text);
const withLines = (text: string): string => (isOurs(text) ? text.replaceAll(" / ", "\n") : text);

const unsuitable = (reason: string): ProviderError<ErrorCode> =>
  new ProviderError<ErrorCode>(reason, {
    code: "dns.octodns.value",
    hint: "Change the record, or manage it by another kind of `connection`",
  });
