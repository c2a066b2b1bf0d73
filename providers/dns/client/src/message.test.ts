import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MalformedMessage } from "./malformed.ts";
import { classes, decodeMessage, encodeRequest, opcodes } from "./message.ts";
import { rdataOf } from "./rdata.ts";

/** An answer as BIND gives it: two records whose names are compressed, in their values too. */
const answer = Buffer.from(
  "123484000001000200000000" +
    "076578616d706c6504746573740000" +
    "0f0001" +
    "c00c000f00010000012c0009000a046d61696cc00c" +
    "c00c000f00010000012c0008001403" +
    "6d7832c00c",
  "hex",
);

test("an answer is read with its compressed names whole", () => {
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

test("what is written is read again", () => {
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

test("a message that is cut off anywhere, or goes on, is refused", () => {
  for (let length = 0; length < answer.length; length++) {
    expect(() => decodeMessage(answer.subarray(0, length)), `${length} octets`).toThrow(MalformedMessage);
  }
  expect(() => decodeMessage(Buffer.concat([answer, Buffer.of(0)]))).toThrow("behind the last record");
});

/** Reads it, or says in the one known way that it is none; anything else fails the test. */
function decodeOrRefuse(octets: Buffer): void {
  try {
    decodeMessage(octets);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
  }
}

test("any octets are read or refused, and neither takes long", () => {
  const octets = fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array));
  const changed = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 }).map((changes) => {
    const copy = Buffer.from(answer);
    for (const [at, octet] of changes) copy[at % copy.length] = octet;
    return copy;
  });
  fc.assert(fc.property(fc.oneof(octets, changed), decodeOrRefuse), { seed: 4, numRuns: 5000 });
});

test("a message made of pointers to pointers is read in time that grows with its length only", () => {
  // 30,000 names in a row, each a pointer to the one before it.
  const pointers = Buffer.alloc(60_000);
  for (let at = 0; at < pointers.length; at += 2)
    pointers.writeUInt16BE(0xc0_00 | Math.min(0x3f_ff, Math.max(0, at + 10)), at);
  const header = Buffer.from("000084000001ffff00000000", "hex");
  const started = performance.now();
  decodeOrRefuse(Buffer.concat([header, pointers]));
  expect(performance.now() - started, "milliseconds").toBeLessThan(1000);
});
