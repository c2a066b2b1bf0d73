import { describe, expect, test } from "vitest";
import { isRawNumber, parseExact } from "./exact-json.ts";

const again = (text: string): string => JSON.stringify(parseExact(text));

describe("exact JSON", () => {
  test.each([
    ["1.0", "a zero fraction"],
    ["9223372036854775807", "Nix's largest integer"],
    ["-9223372036854775808", "Nix's smallest integer"],
    ["1e16", "an exponent"],
    ["1E-7", "an upper-case exponent"],
    ["-0", "a negative zero"],
    ["-0.0", "a negative zero with a fraction"],
    ["0.1000000000000000055511151231257827", "more digits than a double has"],
  ])("preserves %s: %s", (number) => {
    expect(again(number)).toBe(number);
    expect(again(`{"a":[1,${number}],"b":{"c":${number}}}`)).toBe(`{"a":[1,${number}],"b":{"c":${number}}}`);
  });

  test("returns plain numbers if JavaScript writes them identically", () => {
    expect(parseExact('{"a": 12, "b": -3.5, "c": "1.0", "d": [true, null]}')).toEqual({
      a: 12,
      b: -3.5,
      c: "1.0",
      d: [true, null],
    });
  });

  test("distinguishes a raw number from an object that looks like one", () => {
    expect(isRawNumber(parseExact("1.0"))).toBe(true);
    expect(isRawNumber(parseExact('{"rawJSON": "1.0"}'))).toBe(false);
    expect(again('{"rawJSON":1.0}')).toBe('{"rawJSON":1.0}');
  });

  test("rejects invalid JSON", () => {
    expect(() => parseExact('{"a": 1.0')).toThrow(SyntaxError);
  });
});
