import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MalformedMessage } from "./wire/errors.ts";
import { classes, decodeMessage, encodeRequest, opcodes } from "./message.ts";
import { rdataOf } from "./rdata/rdata.ts";

/** An answer of BIND: two records with compressed names, in the values too. */
const answer = Buffer.from(
  "123484000001000200000000" +
    "076578616d706c6504746573740000" +
    "0f0001" +
    "c00c000f00010000012c0009000a046d61696cc00c" +
    "c00c000f00010000012c0008001403" +
    "6d7832c00c",
  "hex",
);

test("decodes an answer and expands its compressed names", () => {
  const message = decodeMessage(answer);
  expect(message).toMatchObject({ id: 0x12_34, rcode: "NOERROR", isResponse: true, isAuthoritative: true });
  expect(message.questions).toEqual([{ name: "example.test.", type: "MX" }]);
  expect(message.answers).toEqual(
    ["10 mail.example.test.", "20 mx2.example.test."].map((value) => ({
      name: "example.test.",
      type: "MX",
      class: classes.IN,
      ttlSeconds: 300,
      rdata: rdataOf("MX", value),
    })),
  );
});

test("decodes an encoded request to the same fields", () => {
  const record = {
    name: "www.example.test.",
    type: "A",
    class: classes.IN,
    ttlSeconds: 60,
    rdata: rdataOf("A", "192.0.2.1"),
  };
  const question = { name: "example.test.", type: "SOA" };
  const octets = encodeRequest({ id: 7, opcode: opcodes.UPDATE, question, answers: [record], authorities: [record] });
  expect(decodeMessage(octets)).toMatchObject({
    id: 7,
    isResponse: false,
    questions: [question],
    answers: [record],
    authorities: [record],
    additionals: [],
  });
});

test("rejects a message that is truncated anywhere or followed by more octets", () => {
  for (let length = 0; length < answer.length; length++) {
    expect(() => decodeMessage(answer.subarray(0, length)), `${length} octets`).toThrow(MalformedMessage);
  }
  expect(() => decodeMessage(Buffer.concat([answer, Buffer.of(0)]))).toThrow("octets follow the last record");
});

/** Decodes the octets or rejects them with MalformedMessage. Any other error fails the test. */
function decodeOrRefuse(octets: Buffer): void {
  try {
    decodeMessage(octets);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
  }
}

test("decodes or rejects arbitrary octets", () => {
  const octets = fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array));
  const changed = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 }).map((changes) => {
    const copy = Buffer.from(answer);
    for (const [at, octet] of changes) copy[at % copy.length] = octet;
    return copy;
  });
  fc.assert(fc.property(fc.oneof(octets, changed), decodeOrRefuse), { seed: 4, numRuns: 5000 });
});

test("decodes or rejects chained compression pointers in linear time", () => {
  // 30,000 names, each a pointer to the previous one.
  const pointers = Buffer.alloc(60_000);
  for (let at = 0; at < pointers.length; at += 2)
    pointers.writeUInt16BE(0xc0_00 | Math.min(0x3f_ff, Math.max(0, at + 10)), at);
  const header = Buffer.from("000084000001ffff00000000", "hex");
  const started = performance.now();
  decodeOrRefuse(Buffer.concat([header, pointers]));
  expect(performance.now() - started, "milliseconds").toBeLessThan(1000);
});
