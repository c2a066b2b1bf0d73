/** Record types by mnemonic: https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml#dns-parameters-4 */
const numbers = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  AAAA: 28,
  LOC: 29,
  SRV: 33,
  NAPTR: 35,
  CERT: 37,
  DNAME: 39,
  DS: 43,
  SSHFP: 44,
  TLSA: 52,
  SMIMEA: 53,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  SVCB: 64,
  HTTPS: 65,
  TSIG: 250,
  AXFR: 252,
  ANY: 255,
  URI: 256,
  CAA: 257,
  // PowerDNS' own type, with a number for private use (its qtype.hh).
  ALIAS: 65_401,
} as const;

/** Types with a mnemonic. Other types are written as `TYPE65400` (RFC 3597, section 5). */
type Mnemonic = keyof typeof numbers;

const mnemonics = new Map<number, string>(Object.entries(numbers).map(([name, number]) => [number, name]));

/** The mnemonic in upper case, or `TYPE65400`. */
export const typeName = (number: number): string => mnemonics.get(number) ?? `TYPE${number}`;

/** The number of `MX`, `mx` or `TYPE15`. Throws a RangeError for an unknown type. */
export function typeNumber(name: string): number {
  const upper = name.toUpperCase();
  if (isMnemonic(upper)) return numbers[upper];
  const number = Number(/^TYPE(\d{1,5})$/.exec(upper)?.[1] ?? Number.NaN);
  if (!(number > 0 && number <= 0xff_ff)) throw new RangeError(`${name} is not a known record type`);
  return number;
}

const isMnemonic = (name: string): name is Mnemonic => Object.hasOwn(numbers, name);
