import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonical, fieldsOf, rdataOf, rdataToText } from "./rdata.ts";

const x = "x".repeat(255);

// dnspython 2.9 generated the octets, with names in lower case.
const values: [type: string, text: string, fields: object | undefined, canonical: string, hex: string][] = [
  ["A", "192.0.2.1", { address: "192.0.2.1" }, "192.0.2.1", "c0000201"],
  ["AAAA", "2001:DB8:0:0::1", { address: "2001:db8::1" }, "2001:db8::1", "20010db8000000000000000000000001"],
  ["AAAA", "::ffff:192.0.2.1", undefined, "::ffff:c000:201", "00000000000000000000ffffc0000201"],
  ["AAAA", "::", undefined, "::", "00000000000000000000000000000000"],
  [
    "NS",
    "ns1.example.test",
    { target: "ns1.example.test" },
    "ns1.example.test.",
    "036e7331076578616d706c65047465737400",
  ],
  ["CNAME", "WWW.Example.Test.", undefined, "www.example.test.", "03777777076578616d706c65047465737400"],
  ["PTR", "host.example.test.", undefined, "host.example.test.", "04686f7374076578616d706c65047465737400"],
  [
    "MX",
    "10 mail.example.test.",
    { preference: 10, exchange: "mail.example.test" },
    "10 mail.example.test.",
    "000a046d61696c076578616d706c65047465737400",
  ],
  ["MX", "0 .", { preference: 0, exchange: "." }, "0 .", "000000"],
  ["TXT", '"v=spf1 mx -all"', { text: "v=spf1 mx -all" }, '"v=spf1 mx -all"', "0e763d73706631206d78202d616c6c"],
  [
    "TXT",
    '"one" "two; three"',
    { text: ["one", "two; three"] },
    '"one" "two; three"',
    "036f6e650a74776f3b207468726565",
  ],
  ["TXT", String.raw`"a \"b\" \\ \200"`, undefined, String.raw`"a \"b\" \\ \200"`, "096120226222205c20c8"],
  ["TXT", '"é"', { text: "é" }, String.raw`"\195\169"`, "02c3a9"],
  ["TXT", `"${x}" "yy"`, { text: `${x}yy` }, `"${x}" "yy"`, `ff${"78".repeat(255)}027979`],
  [
    "SRV",
    "5 0 5222 xmpp.example.test.",
    { priority: 5, weight: 0, port: 5222, target: "xmpp.example.test." },
    "5 0 5222 xmpp.example.test.",
    "00050000146604786d7070076578616d706c65047465737400",
  ],
  [
    "CAA",
    '0 issue "letsencrypt.org; validationmethods=dns-01"',
    { tag: "issue", value: "letsencrypt.org; validationmethods=dns-01" },
    '0 issue "letsencrypt.org; validationmethods=dns-01"',
    "000569737375656c657473656e63727970742e6f72673b2076616c69646174696f6e6d6574686f64733d646e732d3031",
  ],
  [
    "TLSA",
    `3 1 1 ${"AB".repeat(16)} ${"ab".repeat(16)}`,
    { usage: 3, selector: 1, matchingType: 1, data: "ab".repeat(32) },
    `3 1 1 ${"ab".repeat(32)}`,
    `030101${"ab".repeat(32)}`,
  ],
  [
    "SSHFP",
    `4 2 ${"cd".repeat(32)}`,
    { algorithm: 4, fingerprintType: 2, fingerprint: "cd".repeat(32) },
    `4 2 ${"cd".repeat(32)}`,
    `0402${"cd".repeat(32)}`,
  ],
  [
    "DS",
    `1 13 2 ${"ef".repeat(32)}`,
    { keyTag: 1, algorithm: 13, digestType: 2, digest: "ef".repeat(32) },
    `1 13 2 ${"ef".repeat(32)}`,
    `00010d02${"ef".repeat(32)}`,
  ],
  [
    "NAPTR",
    '1 2 "S" "SIP+D2U" "" _sip._udp.example.test.',
    { order: 1, preference: 2, flags: "S", services: "SIP+D2U", regexp: "", replacement: "_sip._udp.example.test" },
    '1 2 "S" "SIP+D2U" "" _sip._udp.example.test.',
    "000100020153075349502b44325500045f736970045f756470076578616d706c65047465737400",
  ],
  [
    "HTTPS",
    "1 . port=8443 alpn=h2,h3 ipv6hint=2001:db8::1 ipv4hint=192.0.2.1",
    {
      priority: 1,
      target: ".",
      parameters: { ipv4hint: ["192.0.2.1"], ipv6hint: ["2001:db8::1"], port: 8443, alpn: ["h2", "h3"] },
    },
    "1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1",
    "000100000100060268320268330003000220fb00040004c00002010006001020010db8000000000000000000000001",
  ],
  [
    "SVCB",
    "0 svc.example.test.",
    { priority: 0, target: "svc.example.test" },
    "0 svc.example.test.",
    "000003737663076578616d706c65047465737400",
  ],
  [
    "SVCB",
    '2 svc.example.test. mandatory=port,alpn alpn="h2" no-default-alpn port=53 dohpath=/dns-query{?dns} key65333="x y"',
    {
      priority: 2,
      target: "svc.example.test",
      parameters: {
        mandatory: ["port", "alpn"],
        alpn: ["h2"],
        "no-default-alpn": true,
        port: 53,
        dohpath: "/dns-query{?dns}",
        key65333: "x y",
      },
    },
    '2 svc.example.test. mandatory=alpn,port alpn=h2 no-default-alpn port=53 dohpath="/dns-query{?dns}" key65333="x y"',
    "000203737663076578616d706c6504746573740000000004000100030001000302683200020000000300020035000700102f646e732d71756572797b3f646e737dff350003782079",
  ],
  [
    "SOA",
    "ns1.example.test. hostmaster.example.test. 1 3600 600 86400 60",
    undefined,
    "ns1.example.test. hostmaster.example.test. 1 3600 600 86400 60",
    "036e7331076578616d706c650474657374000a686f73746d6173746572076578616d706c650474657374000000000100000e1000000258000151800000003c",
  ],
  [
    "LOC",
    "52 22 23.000 n 4 53 32.000 E -2.00m 0m",
    { latitude: "52 22 23 N", longitude: "4 53 32.0 E", altitudeMeters: -2, sizeMeters: 0 },
    "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000.00m 10.00m",
    "000016138b3cf018810cbce0009895b8",
  ],
  [
    "LOC",
    "42 21 54 N 71 06 18 W -24m 30m",
    { latitude: "42 21 54 N", longitude: "71 06 18 W", altitudeMeters: -24, sizeMeters: 30 },
    "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m",
    "0033161389172dd070be15f000988d20",
  ],
  [
    "LOC",
    "90 S 180 W -100000 1 10000.00m 10",
    {
      latitude: "90 S",
      longitude: "180 W",
      altitudeMeters: -100_000,
      horizontalPrecisionMeters: 10_000,
      verticalPrecisionMeters: 10,
    },
    "90 0 0.000 S 180 0 0.000 W -100000.00m 1.00m 10000.00m 10.00m",
    "001216136cb0270059604e0000000000",
  ],
  ["CDS", "0 0 0 00", { keyTag: 0, algorithm: 0, digestType: 0, digest: "00" }, "0 0 0 00", "0000000000"],
  ["CDNSKEY", "257 3 13 AA AA", { flags: 257, algorithm: 13, publicKey: "AAAA" }, "257 3 13 AAAA", "0101030d000000"],
  ["CDNSKEY", "0 3 0 AA==", { flags: 0, algorithm: 0, publicKey: "AA==" }, "0 3 0 AA==", "0000030000"],
  [
    "URI",
    '10 1 "https://example.test/a?b;c"',
    { priority: 10, weight: 1, target: "https://example.test/a?b;c" },
    '10 1 "https://example.test/a?b;c"',
    "000a000168747470733a2f2f6578616d706c652e746573742f613f623b63",
  ],
  [
    "DNAME",
    "Other.Example.Test.",
    { target: "other.example.test" },
    "other.example.test.",
    "056f74686572076578616d706c65047465737400",
  ],
  ["SMIMEA", "3 0 0 ABCD", { usage: 3, selector: 0, matchingType: 0, data: "abcd" }, "3 0 0 abcd", "030000abcd"],
  ["OPENPGPKEY", "mQIN BAAA", { publicKey: "mQINBAAA" }, "mQINBAAA", "99020d040000"],
  [
    "CERT",
    "3 0 0 AQIDBA==",
    { certificateType: 3, keyTag: 0, algorithm: 0, certificate: "AQIDBA==" },
    "3 0 0 AQIDBA==",
    "000300000001020304",
  ],
  [
    "HINFO",
    '"Generic PC clone" Linux',
    { cpu: "Generic PC clone", os: "Linux" },
    '"Generic PC clone" "Linux"',
    "1047656e6572696320504320636c6f6e65054c696e7578",
  ],
  [
    "RP",
    "hostmaster.Example.Test. .",
    { mailbox: "hostmaster.example.test" },
    "hostmaster.example.test. .",
    "0a686f73746d6173746572076578616d706c6504746573740000",
  ],
  [
    "AFSDB",
    "1 afs.Example.test.",
    { subtype: 1, host: "afs.example.test" },
    "1 afs.example.test.",
    "000103616673076578616d706c65047465737400",
  ],
  // dnspython does not know it: a name, as in DNAME.
  [
    "ALIAS",
    "lb.example.test.",
    { target: "lb.example.test" },
    "lb.example.test.",
    "026c62076578616d706c65047465737400",
  ],
  [
    "TYPE29",
    String.raw`\# 16 001216136cb0270059604e0000000000`,
    undefined,
    String.raw`\# 16 001216136cb0270059604e0000000000`,
    "001216136cb0270059604e0000000000",
  ],
  ["TYPE65400", String.raw`\# 4 00010203`, undefined, String.raw`\# 4 00010203`, "00010203"],
  ["TYPE65400", String.raw`\# 0`, undefined, String.raw`\# 0`, ""],
  ["A", String.raw`\# 4 c0000201`, undefined, "192.0.2.1", "c0000201"],
];

test.each(values)("converts %s %s between text, fields and octets", (type, text, fields, expected, hex) => {
  expect(rdataOf(type, text).toString("hex")).toBe(hex);
  expect(rdataOf(type, fields ?? text).toString("hex")).toBe(hex);
  expect(rdataToText(type, Buffer.from(hex, "hex"))).toBe(expected);
  expect(canonical(type, expected)).toBe(expected);
});

test.each([
  ["A", "::1", "`address` as an IPv4 address"],
  ["AAAA", "fe80::1%eth0", "`address` as an IPv6 address"],
  ["MX", "mail.example.test.", "`preference` as an integer from 0 to 65535"],
  ["MX", "10", '`exchange` as one more word at the end of "10"'],
  ["MX", "10 mail.example.test. 20", 'nothing after the last field, not "20"'],
  ["MX", "10 mail", "a fully qualified name"],
  [
    "MX",
    { preference: 10, exchange: "mail.example.test", weight: 1 },
    "no field `weight`: MX has preference, exchange",
  ],
  ["MX", { preference: 65_536, exchange: "mail.example.test" }, "from 0 to 65535, not 65536"],
  ["MX", { preference: 10 }, "`exchange` as a name, not undefined"],
  ["TXT", { text: ["x".repeat(256)] }, "at most 255 octets, not one of 256"],
  ["TXT", { text: [] }, "at least one text"],
  ["TXT", "v=DKIM1; k=rsa", "text with ; in double quotes"],
  ["TXT", '"open', "a closing quote"],
  ["CAA", '0 "" ca.example.net', '`tag` as letters and digits, not ""'],
  ["CAA", { tag: "issue-wild", value: ";" }, "`tag` as letters and digits"],
  ["TLSA", "3 1 1 abc", "even number of hexadecimal digits"],
  ["HTTPS", "1 . alpn=h2 alpn=h3", "each parameter once"],
  ["HTTPS", { priority: 1, target: ".", parameters: { alpm: ["h2"] } }, 'not "alpm"'],
  ["TYPE65400", "00010203", String.raw`the form \# LENGTH HEXADECIMAL`],
  ["TYPE65400", String.raw`\# 3 00010203`, "as many octets as the length says"],
  ["TYPE65400", { data: "00" }, "fields of TYPE65400 are not supported"],
  ["LOC", "91 N 4 E 0m", "`latitude` as degrees up to 90"],
  ["LOC", "52 60 N 4 E 0m", "`latitude` as degrees up to 90"],
  ["LOC", "52 N 181 E 0m", "`longitude` as degrees up to 180"],
  ["LOC", "4 E 52 N 0m", "`latitude` as degrees up to 90"],
  ["LOC", "52 N 4 E", "`altitudeMeters` as one more word"],
  ["LOC", "52 N 4 E 0.001m", "`altitudeMeters` as meters from -100000 to 42849672.95"],
  ["LOC", "52 N 4 E 0m 12m", "`sizeMeters` as meters with one significant digit"],
  ["LOC", { latitude: "52 N", longitude: "4 E", altitudeMeters: true }, "not true"],
  ["OPENPGPKEY", "mQI", "`publicKey` as Base64"],
  ["CERT", { certificateType: 1, keyTag: 0, algorithm: 0, certificate: "" }, "`certificate` as Base64"],
  ["URI", '10 1 ""', "`target` as at least one octet"],
  ["EUI48", "x", "EUI48 is not a known record type"],
])("rejects %s %j: %s", (type, given, reason) => {
  expect(() => rdataOf(type, given)).toThrow(reason);
});

test("accepts a name of one label only with a trailing dot", () => {
  expect(() => rdataOf("CNAME", "mail")).toThrow("to mean a top-level domain");
  expect(canonical("CNAME", "mail.")).toBe("mail.");
});

const types = [...new Set(values.map(([type]) => type)), "TYPE1234"];

test("restores arbitrary octets from their text", () => {
  const octets = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(fc.constantFrom(...types), octets, (type, rdata) => {
      expect(rdataOf(type, rdataToText(type, rdata)).equals(rdata)).toBe(true);
    }),
    { seed: 2, numRuns: 1000 },
  );
});

test("prints a different text if any octet of a value changes", () => {
  const good = fc.constantFrom(...values.filter(([, , , , hex]) => hex !== ""));
  fc.assert(
    fc.property(good, fc.nat(), fc.integer({ min: 1, max: 255 }), ([type, , , text, hex], at, flips) => {
      const rdata = Buffer.from(hex, "hex");
      const index = at % rdata.length;
      rdata[index] = (rdata[index] ?? 0) ^ flips;
      expect(rdataToText(type, rdata)).not.toBe(text);
      expect(rdataOf(type, rdataToText(type, rdata)).equals(rdata)).toBe(true);
    }),
    { seed: 3, numRuns: 1000 },
  );
});

test("reads the fields of a received value", () => {
  expect(fieldsOf("SOA", rdataOf("SOA", "ns1.example.test. h.example.test. 7 1 2 3 4"))).toMatchObject({ serial: 7 });
});
