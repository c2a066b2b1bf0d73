import { Secret } from "@nixops4-resources/protocol-core";
import { describe, expect, test } from "vitest";
import { identifier, join, sql } from "./sql.ts";

describe("sql", () => {
  test("quotes values as literals, and keeps SQL unchanged", () => {
    const limit = sql`connection limit ${-1}`;
    expect(sql`alter role ${identifier("app")} ${limit} valid until ${"infinity"}`.text).toBe(
      `alter role "app" connection limit -1 valid until 'infinity'`,
    );
    expect(sql`${true}, ${null}, ${["a", "b'c"]}`.text).toBe(`true, null, array['a', 'b''c']::text[]`);
    expect(join([sql`a`, sql`b`], "; ").text).toBe("a; b");
  });

  test("reveals a secret in the text to send", () => {
    expect(sql`password ${new Secret("it's")}`.text).toBe("password 'it''s'");
  });

  test("converts bytes to a bytea", () => {
    expect(sql`${Buffer.from([0, 0x5c, 255])}`.text).toBe(String.raw` E'\\x005cff'::bytea`);
  });

  test.each([
    ["a'b", "'a''b'"],
    [String.raw`a\b`, String.raw` E'a\\b'`],
    [String.raw`\'; drop role x; --`, String.raw` E'\\''; drop role x; --'`],
  ])("quotes %s for every value of standard_conforming_strings", (text, quoted) => {
    expect(sql`${text}`.text).toBe(quoted);
  });

  test("quotes names", () => {
    expect(identifier('a"b').text).toBe('"a""b"');
  });

  test("rejects values that the server would not receive unchanged", () => {
    // Names and values come from users, so these are errors for people.
    const zero = expect.objectContaining({ code: "postgres.text.zero" });
    expect(() => sql`${"a\0b"}`).toThrow(zero);
    expect(() => identifier("a\0b")).toThrow(zero);
    expect(() => sql`${0.5}`).toThrow(TypeError);
  });
});
