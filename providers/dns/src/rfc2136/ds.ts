import { createHash } from "node:crypto";
import { nameToWire, rdataToText, type Message } from "@nixops4-resources/dns-client";
import { refusedLook } from "./failure.ts";
import type { NameServer } from "./server.ts";

/** DNSKEY (RFC 4034), by its number, and CDS (RFC 7344). */
const dnskey = "TYPE48";
const cds = "CDS";

/** The recommended digest types of DS records (RFC 8624, section 3.3). */
const digests = { 2: "sha256", 4: "sha384" } as const;

/** The DS records that the zone requests by CDS records, else those for its keys; empty if it is not signed. */
export async function dsFor(server: NameServer, zone: string): Promise<string[]> {
  // Queries rather than lookups: PowerDNS generates these records when it answers and does not store them.
  const answers = await server.queryAll([
    { name: zone, type: cds },
    { name: zone, type: dnskey },
  ]);
  const refusal = answers.find(({ rcode }) => rcode !== "NOERROR");
  if (refusal !== undefined) throw refusedLook(server.settings, refusal);
  const [wanted, keys] = answers;
  const requested = rdataIn(wanted, cds);
  // A CDS record with algorithm 0 requests the removal of all DS records (RFC 8078, section 4).
  const isRemoval = requested.some((rdata) => rdata[2] === 0);
  if (requested.length > 0) return isRemoval ? [] : requested.map((rdata) => rdataToText("DS", rdata)).sort();
  const signers = rdataIn(keys, dnskey).filter(isEntryPoint);
  return signers.flatMap((rdata) => dsOfKey(zone, rdata)).sort();
}

const rdataIn = (answer: Message | undefined, type: string): Buffer[] =>
  (answer?.answers ?? []).filter((record) => record.type === type).map(({ rdata }) => rdata);

/** Whether the key is a secure entry point and not revoked (RFC 4034, section 2.1.1; RFC 5011, section 3). */
const isEntryPoint = (rdata: Buffer): boolean => (rdata.readUInt16BE(0) & 0x01_81) === 0x01_01;

/** The DS records for a key, one per digest type (RFC 4034, section 5.1.4; RFC 4509). */
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
