import { fieldNames, structuredTypes } from "@nixops4-resources/dns-client";

/** The managed types whose values have fields. The server maintains the SOA record. */
export const typesWithFields: readonly string[] = structuredTypes.filter((type) => type !== "SOA");

const fieldsOfEach = typesWithFields.map((type) => `${type} has ${fieldNames(type).map(inCode).join(", ")}`).join("; ");

/** The fields of each type, for the documentation. */
export const fieldList = `Fields: ${fieldsOfEach}. ${[
  "All are required, except `parameters` and those with a default: `flags` of CAA (0), `protocol` of CDNSKEY (3), `text` of RP (`.`), and in LOC `sizeMeters` (1), `horizontalPrecisionMeters` (10000) and `verticalPrecisionMeters` (10).",
  "`digest`, `fingerprint` and `data` are hexadecimal digits; `publicKey` and `certificate` are Base64.",
  "`text` of TXT is a text, or a list of texts of at most 255 octets.",
  '`latitude` and `longitude` are texts such as `"52 22 23.5 N"`: degrees, and optionally minutes and seconds.',
  '`parameters` is an object such as `{ alpn = [ "h2" ]; port = 443; ipv4hint = [ "192.0.2.1" ]; }`.',
].join(" ")}`;

function inCode(name: string): string {
  return `\`${name}\``;
}
