import { describe, expect, test } from "vitest";
import { notTaggable, parseTagged } from "./tagged.ts";
import { looksTagged } from "./wire.ts";

const tagged = (body: unknown, more: object = {}): string => JSON.stringify({ taggedRequest: body, ...more });
const request = { describeProviderRequest: {} };

describe("a tagged request", () => {
  test("differs from a plain line by its beginning", () => {
    expect([tagged({ id: 1, request }), ' {\t"taggedRequest" : {} }'].map(looksTagged)).toEqual([true, true]);
    expect(looksTagged('{"createResourceRequest":{"type":"\\"taggedRequest\\""}}')).toBe(false);
  });

  test("has an id, which is repeated, and the request as a line of its own", () => {
    expect(parseTagged(tagged({ id: "a", request }))).toEqual({ id: "a", line: '{"describeProviderRequest":{}}' });
    expect(parseTagged(tagged({ id: 0, request })).id).toBe(0);
  });

  test.each([
    ["no JSON", '{"taggedRequest":', "the line is not JSON"],
    ["no id", tagged({ request }), "`id` must be a string or an integer"],
    ["an id that is no integer", tagged({ id: 1.5, request }), "`id` must be a string or an integer"],
    ["no request", tagged({ id: 1 }), "`request` must be an object with one key"],
    ["another field", tagged({ id: 1, request, urgent: true }), "only `id` and `request`"],
    ["a second key", tagged({ id: 1, request }, request), "only `id` and `request`"],
  ])("is rejected with %s", (_what, line, reason) => {
    expect(() => parseTagged(line)).toThrow(expect.objectContaining({ message: expect.stringContaining(reason) }));
  });

  test("is no event of a state, since events have an order", () => {
    expect(notTaggable('{"stateResourceEvent":{}}')?.message).toContain("have an order");
    expect(notTaggable('{"createResourceRequest":{}}')).toBeUndefined();
  });
});
