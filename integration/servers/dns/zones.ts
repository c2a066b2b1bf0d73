/** A zone that the servers serve when they start. */
export interface TestZone {
  name: string;
  /** Who may update it: our keys, only the key `rightless`, or anybody without a signature. */
  updates: "signed" | "others" | "unsigned";
  /** Its records besides SOA, NS and the name server's address, as in a zone file. */
  records: readonly string[];
}

/**
 * The zones of every name server that tests start. `example.test` is the parent of `child.example.test`. It contains what
 * makes a lookup by query wrong: a wildcard, and a delegation to a server that does not exist.
 */
export const testZones: readonly TestZone[] = [
  {
    name: "example.test",
    updates: "signed",
    records: [
      "child 300 IN NS ns1.child.example.test.",
      "ns1.child 300 IN A 127.0.0.1",
      "elsewhere 300 IN NS ns1.elsewhere.test.",
      "*.wild 300 IN A 192.0.2.99",
      '*.wild 300 IN TXT "from the wildcard"',
    ],
  },
  { name: "child.example.test", updates: "signed", records: [] },
  { name: "second.test", updates: "signed", records: [] },
  { name: "readonly.test", updates: "others", records: [] },
  { name: "unsigned.test", updates: "unsigned", records: [] },
  { name: "2.0.192.in-addr.arpa", updates: "signed", records: [] },
  { name: "8.b.d.0.1.0.0.2.ip6.arpa", updates: "signed", records: [] },
];

/** The zone in the format of RFC 1035, section 5. */
export function zoneFile({ name, records }: TestZone): string {
  const nameServer = name.endsWith(".arpa") ? "ns1.example.test." : `ns1.${name}.`;
  const address = name.endsWith(".arpa") ? [] : ["ns1 300 IN A 127.0.0.1"];
  return [
    `$ORIGIN ${name}.`,
    `@ 300 IN SOA ${nameServer} hostmaster.example.test. 1 3600 600 86400 60`,
    `@ 300 IN NS ${nameServer}`,
    ...address,
    ...records,
    "",
  ].join("\n");
}
