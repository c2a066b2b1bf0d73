import { describe, expect, test } from "vitest";
import { objectName } from "./object-name.ts";

const accepts = (name: string): boolean => objectName.safeParse(name).success;

describe("the name of an object", () => {
  test("accepts any string of 1 to 63 bytes", () => {
    expect(accepts("x".repeat(63))).toBe(true);
    expect(accepts('Ünwieldy "name" with \\ and spaces')).toBe(true);
    expect(accepts("")).toBe(false);
  });

  test("counts bytes, since PostgreSQL silently truncates longer names", () => {
    expect(accepts("ö".repeat(31))).toBe(true);
    expect(accepts("ö".repeat(32))).toBe(false);
    expect(accepts("x".repeat(64))).toBe(false);
  });

  test("rejects a zero character, which would end the string in the wire protocol", () => {
    expect(accepts("a\0b")).toBe(false);
  });
});
