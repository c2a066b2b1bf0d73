import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalName, isWithin, labelsOf, nameToText, nameToWire, parentOf, readName } from "./name.ts";
import { Reader } from "./reader.ts";

test.each([
  ["Www.Example.ORG", "www.example.org."],
  ["www.example.org.", "www.example.org."],
  [".", "."],
  ["*.example.org", "*.example.org."],
  ["_acme-challenge.bücher.example", "_acme-challenge.xn--bcher-kva.example."],
  ["bücher。example", "xn--bcher-kva.example."],
  [String.raw`a\.b.example`, String.raw`a\.b.example.`],
  [String.raw`a\\.example`, String.raw`a\\.example.`],
  [String.raw`\065\032.example`, String.raw`a\032.example.`],
  [String.raw`host\.`, String.raw`host\..`],
])("spells %s canonically as %s", (text, canonical) => {
  expect(canonicalName(text)).toBe(canonical);
});

test.each([
  ["a..b", "without empty labels"],
  [".a", "without empty labels"],
  ["", "without empty labels"],
  [`${"a".repeat(64)}.example`, "at most 63 octets"],
  ["a.".repeat(128), "at most 255 octets"],
  [String.raw`a\256.example`, "digits up to 255"],
  ["a\\", "a backslash only before"],
  ["ü/x.example", "IDNA allows"],
  ["b…ü.example", "IDNA allows"],
])("rejects %j: %s", (text, reason) => {
  expect(() => canonicalName(text)).toThrow(reason);
});

test("accepts a name of 255 octets in wire format and rejects one of 256", () => {
  const longest = `${"a".repeat(63)}.`.repeat(3) + "b".repeat(61);
  expect(nameToWire(longest)).toHaveLength(255);
  expect(() => nameToWire(`${longest}b`)).toThrow("at most 255 octets");
});

test("preserves arbitrary labels in text and wire format", () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((octets) => Buffer.from(octets));
  fc.assert(
    fc.property(fc.array(label, { maxLength: 8 }), (labels) => {
      const name = canonicalName(nameToText(labels));
      expect(readName(new Reader(nameToWire(name)), "plain")).toBe(name);
      expect(nameToText(labelsOf(name))).toBe(name);
    }),
    { seed: 1 },
  );
});

test("follows a compression pointer only if compression is allowed", () => {
  // `test.` at offset 0, `www` and a pointer to 0 at offset 6.
  const message = Buffer.from("04746573740003777777c000", "hex");
  const reader = new Reader(message, 6);
  expect(readName(reader, "compressed")).toBe("www.test.");
  expect(reader.isAtEnd).toBe(true);
  expect(() => readName(new Reader(message, 6), "plain")).toThrow("compressed where compression is not allowed");
});

test.each([
  ["itself", "c000"],
  ["a pointer that points back to it", "c002c000"],
  ["a later offset", "c00401610161"],
])("rejects a compression pointer to %s", (_what, hex) => {
  expect(() => readName(new Reader(Buffer.from(hex, "hex")), "compressed")).toThrow("points forward");
});

test("compares labels, not characters, to find whether a name is within a zone", () => {
  expect(isWithin("www.example.org.", "example.org.")).toBe(true);
  expect(isWithin("example.org.", "example.org.")).toBe(true);
  expect(isWithin("wwwexample.org.", "example.org.")).toBe(false);
  expect(isWithin("org.", ".")).toBe(true);
  expect(parentOf(String.raw`a\.b.example.`)).toBe("example.");
  expect(parentOf(".")).toBeUndefined();
});
