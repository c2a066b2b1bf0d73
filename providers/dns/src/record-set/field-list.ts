import { fieldNames } from "@nixops4-resources/dns-client";

/** The managed types whose values have fields. */
export const typesWithFields = [
  "A",
  "AAAA",
  "CAA",
  "CNAME",
  "DS",
  "HTTPS",
  "MX",
  "NAPTR",
  "NS",
  "PTR",
  "SRV",
  "SSHFP",
  "SVCB",
  "TLSA",
  "TXT",
];

const fieldsOfEach = typesWithFields.map((type) => `${type} has ${fieldNames(type).map(inCode).join(", ")}`).join("; ");

/** The fields of each type, for the documentation. */
export const fieldList = `Fields: ${fieldsOfEach}. ${[
  "All are required, except `flags` of CAA (0 by default) and `parameters`.",
  "`digest`, `fingerprint` and `data` are hexadecimal digits.",
  "`text` is a text, or a list of texts of at most 255 octets.",
  '`parameters` is an object such as `{ alpn = [ "h2" ]; port = 443; ipv4hint = [ "192.0.2.1" ]; }`.',
].join(" ")}`;

function inCode(name: string): string {
  return `\`${name}\``;
}
