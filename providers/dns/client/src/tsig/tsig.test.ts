import { expect, test } from "vitest";
import { MalformedMessage } from "../wire/errors.ts";
import { decodeMessage, encodeRequest, opcodes } from "../message.ts";
import { sign, TsigError, type TsigAlgorithm, type TsigFault, type TsigKey } from "./tsig.ts";
import { Verifier } from "./verifier.ts";

// RFC 8945 has no test vectors. dnspython 2.9 generated these messages with its clock at `seconds`.
const seconds = 1_700_000_000;
const keyOf = (algorithm: TsigAlgorithm): TsigKey => ({
  name: "nixops4-key",
  algorithm,
  secret: Uint8Array.from({ length: 32 }, (_, index) => index),
});
const key = keyOf("hmac-sha256");

const zone = "076578616d706c65047465737400";
const soaQuestion = `${zone}00060001`;
const soa = "c00c000600010000012c001e036e7331c00c0168c00c0000000100000002000000030000000400000005";
const keyName = "0b6e69786f7073342d6b6579";
/** A TSIG record. `mac` includes its length; `rest` are the fields after it. */
const tsig = (length: string, algorithm: string, mac: string, rest = "123400000000"): string =>
  `${keyName}0000fa00ff00000000${length}${algorithm}006553f100012c${mac}${rest}`;
const sha256 = "0b686d61632d7368613235360000";

const vectors: [TsigAlgorithm, request: string, mac: string, answer: string][] = [
  [
    "hmac-sha256",
    tsig("003d", sha256, "002031bf2be72cd2209aef325321f276faf9db8af221ca679841c7086514fc90854d"),
    "31bf2be72cd2209aef325321f276faf9db8af221ca679841c7086514fc90854d",
    tsig("003d", sha256, "0020b710e77fc9a1017c91c80b927528acc007ea206b5d6d54036f71699ef1a7725c"),
  ],
  [
    "hmac-sha384",
    tsig(
      "004d",
      "0b686d61632d7368613338340000",
      "0030cc425fd8daebabea7069ca813b21011c10d8532e5edca0aa4660d8086a5baa777a3eabe2e6d3b963e88c80d91d8c264c",
    ),
    "cc425fd8daebabea7069ca813b21011c10d8532e5edca0aa4660d8086a5baa777a3eabe2e6d3b963e88c80d91d8c264c",
    tsig(
      "004d",
      "0b686d61632d7368613338340000",
      "003060e27517a19d136ab6f4f7fef42a2e0a4ab1d6970e416f56838a2e5b4b76ce38061f94abd56b6a7794d514765cc59fac",
    ),
  ],
  [
    "hmac-sha512",
    tsig(
      "005d",
      "0b686d61632d7368613531320000",
      "00402975f8eafc6cca86063fbb3783489aaff901b24f141bf89921321a1088dfca8769910bc5566d16d619173509e4419f62e2ce6ad931619175361fc83e38fd3412",
    ),
    "2975f8eafc6cca86063fbb3783489aaff901b24f141bf89921321a1088dfca8769910bc5566d16d619173509e4419f62e2ce6ad931619175361fc83e38fd3412",
    tsig(
      "005d",
      "0b686d61632d7368613531320000",
      "00407721851a0302fcedd602440b942cd0801c9e1df75aed545870e378928c31c8126039ca33a66faad5388182c607c6615011fa19d4363e3428dc5914e28eaa2fd3",
    ),
  ],
];

const signedAnswer = (signature: string): Buffer =>
  Buffer.from(`123480000001000100000001${soaQuestion}${soa}${signature}`, "hex");

const request = encodeRequest({ id: 0x12_34, opcode: opcodes.QUERY, question: { name: "example.test.", type: "SOA" } });

test.each(vectors)(
  "%s: signs a request like dnspython and verifies its answer",
  (algorithm, signature, mac, answer) => {
    const made = sign(request, keyOf(algorithm), seconds);
    expect(made.mac.toString("hex")).toBe(mac);
    expect(made.signed.toString("hex")).toBe(`123400000001000000000001${soaQuestion}${signature}`);
    const verifier = new Verifier(keyOf(algorithm), made.mac, () => seconds);
    const message = decodeMessage(signedAnswer(answer));
    verifier.take(message);
    verifier.end(message);
  },
);

/** The fault of an answer to `request`; undefined if it verifies. */
function faultOf(answer: Buffer, with_: TsigKey = key, now = seconds): TsigError | undefined {
  const verifier = new Verifier(with_, sign(request, key, seconds).mac, () => now);
  try {
    verifier.take(decodeMessage(answer));
    return undefined;
  } catch (error) {
    if (error instanceof TsigError) return error;
    throw error;
  }
}

const good = signedAnswer(vectors[0]?.[3] ?? "");

test("rejects an answer with any octet changed", () => {
  expect(faultOf(good)).toBeUndefined();
  // The first two octets are the id. The signature covers its own copy of the id; the client checks the message's.
  for (let at = 2; at < good.length; at++) {
    const changed = Buffer.from(good);
    changed[at] = (changed[at] ?? 0) ^ 1;
    let fault: TsigFault | "malformed" | undefined;
    try {
      fault = faultOf(changed)?.fault;
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      fault = "malformed";
    }
    expect(fault, `octet ${at}`).toBeDefined();
  }
});

test("rejects an answer without a signature or with a truncated one", () => {
  const bare = Buffer.from(good.subarray(0, good.indexOf(Buffer.from(keyName, "hex"))));
  bare.writeUInt16BE(0, 10);
  expect(faultOf(bare)?.fault).toBe("unsigned");
  const truncated = signedAnswer(tsig("002d", sha256, "0010b710e77fc9a1017c91c80b927528acc0"));
  expect(faultOf(truncated)?.fault).toBe("foreign");
});

test("rejects an answer signed with a different key, algorithm or secret", () => {
  expect(faultOf(good, { ...key, name: "other-key" })?.fault).toBe("foreign");
  expect(faultOf(good, { ...key, algorithm: "hmac-sha512" })?.fault).toBe("foreign");
  expect(faultOf(good, { ...key, secret: Buffer.from("other") })?.fault).toBe("forged");
});

test("rejects an answer that is older than five minutes or belongs to another request", () => {
  expect(faultOf(good, key, seconds + 300)).toBeUndefined();
  expect(faultOf(good, key, seconds + 301)?.fault).toBe("stale");
  expect(faultOf(good, key, seconds - 301)?.fault).toBe("stale");
  const other = new Verifier(key, sign(request, key, seconds + 1).mac, () => seconds);
  expect(() => other.take(decodeMessage(good))).toThrow("forged");
});

const refusal = (signature: string): Buffer => Buffer.from(`123480090001000000000001${soaQuestion}${signature}`, "hex");

test("reports the server's TSIG error, and its clock if the answer verifies", () => {
  const badTime = "00203a68aa846257a015cd56aacffc23ed9f9a3deefd94915b703887e3d2105ea437";
  expect(faultOf(refusal(tsig("0043", sha256, badTime, "12340012000600006553ff10")))).toMatchObject({
    fault: "BADTIME",
    secondsAhead: 3600,
    answer: { rcode: "NOTAUTH" },
  });
  expect(faultOf(refusal(tsig("0043", sha256, badTime, "12340012000600006553ff11")))?.fault).toBe("forged");
  expect(faultOf(refusal(tsig("001d", sha256, "0000", "123400100000")))?.fault).toBe("BADSIG");
  expect(faultOf(refusal(tsig("001d", sha256, "0000", "123400110000")))?.fault).toBe("BADKEY");
});

const axfr = `${zone}00fc0001`;
const stream = [
  `123480000001000100000001${axfr}${soa}${tsig("003d", sha256, "0020b0e1151865c70368d3e62d9e9040383d831811d3732469aa339de38f5a753573")}`,
  `123480000001000100000000${axfr}03777777c00c000100010000012c0004c0000201`,
  `123480000001000100000001${axfr}${soa}${tsig("003d", sha256, "0020c49dba113f6e4e0e6b6139005da75a2e208ea868e6e09b29b1e57089b76c6055")}`,
].map((hex) => Buffer.from(hex, "hex"));

/** Verifies the messages as the answer to one transfer request. */
function takeStream(messages: readonly Buffer[]): void {
  const question = { name: "example.test.", type: "AXFR" };
  const { mac } = sign(encodeRequest({ id: 0x12_34, opcode: opcodes.QUERY, question }), key, seconds);
  const verifier = new Verifier(key, mac, () => seconds);
  const decoded = messages.map(decodeMessage);
  for (const message of decoded) verifier.take(message);
  const last = decoded.at(-1);
  if (last !== undefined) verifier.end(last);
}

test("accepts dnspython's stream with an unsigned message between signed ones", () => {
  expect(() => takeStream(stream)).not.toThrow();
});

test("rejects a stream with a missing or changed message, or an unsigned first or last one", () => {
  const [first = Buffer.of(), middle = Buffer.of(), last = Buffer.of()] = stream;
  expect(() => takeStream([first, last])).toThrow("forged");
  const changed = Buffer.from(middle);
  changed.writeUInt8(9, changed.length - 1);
  expect(() => takeStream([first, changed, last])).toThrow("forged");
  expect(() => takeStream([first, middle])).toThrow("unsigned");
  expect(() => takeStream([middle, first])).toThrow("unsigned");
  expect(() => takeStream([first, ...Array.from({ length: 100 }, () => middle)])).toThrow("unsigned");
});
