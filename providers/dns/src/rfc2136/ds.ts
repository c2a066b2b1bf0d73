import { createHash } from "node:crypto";
import { nameToWire, textOf as valueText, type Message } from "@nixops4-resources/dns-client";
import { refusedLook } from "./failure.ts";
import type { NameServer } from "./server.ts";

/** Types by number: DNSKEY (RFC 4034) and CDS (RFC 7344). */
const dnskey = "TYPE48";
const cds = "TYPE59";

/** Digest types of DS records that are recommended (RFC 8624, section 3.3). */
const digests = { 2: "sha256", 4: "sha384" } as const;

/** What the zone asks its parent for by CDS records, else what fits its keys; none where it is not signed. */
export async function dsFor(server: NameServer, zone: string): Promise<string[]> {
  // What is served counts: PowerDNS signs as it answers, and has neither among its records.
  const answers = await server.queryAll([
    { name: zone, type: cds },
    { name: zone, type: dnskey },
  ]);
  const refusal = answers.find(({ rcode }) => rcode !== "NOERROR");
  if (refusal !== undefined) throw refusedLook(server.settings, refusal);
  const [wanted, keys] = answers;
  const asked = rdataIn(wanted, cds);
  // One with algorithm 0 asks for no DS record at all (RFC 8078, section 4).
  const isNone = asked.some((rdata) => rdata[2] === 0);
  if (asked.length > 0) return isNone ? [] : asked.map((rdata) => valueText("DS", rdata)).sort();
  const signers = rdataIn(keys, dnskey).filter(isEntryPoint);
  return signers.flatMap((rdata) => dsOfKey(zone, rdata)).sort();
}

const rdataIn = (answer: Message | undefined, type: string): Buffer[] =>
  (answer?.answers ?? []).filter((record) => record.type === type).map(({ rdata }) => rdata);

/** Secure entry point, and not revoked (RFC 4034, section 2.1.1; RFC 5011, section 3). */
const isEntryPoint = (rdata: Buffer): boolean => (rdata.readUInt16BE(0) & 0x01_81) === 0x01_01;

/** The DS records of a key, one for each digest (RFC 4034, section 5.1.4; RFC 4509). */
export function dsOfKey(zone: string, rdata: Buffer): string[] {
  return Object.entries(digests).map(([number, name]) => {
    const digest = createHash(name).update(nameToWire(zone)).update(rdata).digest("hex");
    return `${keyTag(rdata)} ${rdata[3]} ${number} ${digest}`;
  });
}

/** RFC 4034, appendix B. */
function keyTag(rdata: Buffer): number {
  let sum = 0;
  for (const [index, octet] of rdata.entries()) sum += index % 2 === 0 ? octet << 8 : octet;
  return (sum + (sum >> 16)) & 0xff_ff;
}
