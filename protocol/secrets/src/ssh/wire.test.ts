import { expect, test } from "vitest";
import { encodeMpint, encodeString, encodeUint32, TruncatedError, WireReader } from "./wire.ts";

// The examples of RFC 4251, section 5.
test.each([
  ["0", "00000000"],
  ["9a378f9b2e332a7", "0000000809a378f9b2e332a7"],
  ["80", "000000020080"],
])("writes and reads the number 0x%s", (number, wire) => {
  const even = number.padStart(number.length + (number.length % 2), "0");
  expect(encodeMpint(Buffer.from(even, "hex")).toString("hex")).toBe(wire);
  expect(encodeMpint(Buffer.from(`0000${even}`, "hex")).toString("hex")).toBe(wire);
  expect(new WireReader(Buffer.from(wire, "hex")).mpint()).toBe(BigInt(`0x${number}`));
});

test("reads values in the order in which they were written", () => {
  const reader = new WireReader(
    Buffer.concat([encodeString("testing"), encodeUint32(699_921_578), encodeString(Buffer.from([0, 255]))]),
  );
  expect(reader.text()).toBe("testing");
  expect(reader.uint32()).toBe(0x29_b7_f4_aa);
  expect(reader.isAtEnd).toBe(false);
  expect(reader.string()).toEqual(Buffer.from([0, 255]));
  expect(reader.isAtEnd).toBe(true);
});

test.each(["0000", "00000002ff"])("rejects the truncated bytes %s", (hex) => {
  expect(() => new WireReader(Buffer.from(hex, "hex")).string()).toThrow(TruncatedError);
});
