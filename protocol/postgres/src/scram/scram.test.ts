import { describe, expect, test } from "vitest";
import { isVerifier, matchesVerifier, saslprep, scramVerifier } from "./scram.ts";

describe("a SCRAM verifier", () => {
  test("has iterations, salt, StoredKey and ServerKey, as PostgreSQL stores them", async () => {
    const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
    expect(await scramVerifier("pencil", salt)).toBe(
      // Salt, iterations and password of the example in RFC 7677, section 3.
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });

  test("has a new salt each time, and matches only its password", async () => {
    const [one, two] = [await scramVerifier("s3cret"), await scramVerifier("s3cret")];
    expect(one).not.toBe(two);
    expect(await matchesVerifier("s3cret", one)).toBe(true);
    expect(await matchesVerifier("s3cret", two)).toBe(true);
    expect(await matchesVerifier("s3cre", one)).toBe(false);
  });

  test.each(["md5e8a48653851e28c69d0506508fb27fc5", "", "SCRAM-SHA-256$4096:AAAA$AAAA:AAAA", "s3cret"])(
    "does not match %s",
    async (stored) => expect(await matchesVerifier("s3cret", stored)).toBe(false),
  );
});

describe("a text in place of a password", () => {
  const [salt, key] = ["W22ZaJ0SNY7soEsUEjb6gQ==", Buffer.alloc(32).toString("base64")];
  test("is a verifier if it has all four parts", () => {
    expect(isVerifier(`SCRAM-SHA-256$4096:${salt}$${key}:${key}`)).toBe(true);
  });
  test.each([
    ["no iterations", `SCRAM-SHA-256$:${salt}$${key}:${key}`],
    ["zero iterations", `SCRAM-SHA-256$0:${salt}$${key}:${key}`],
    ["more iterations than the server can count", `SCRAM-SHA-256$2147483648:${salt}$${key}:${key}`],
    ["a salt that is not base64", `SCRAM-SHA-256$4096:!$${key}:${key}`],
    ["a short key", `SCRAM-SHA-256$4096:${salt}$${key}:AAAA`],
    ["only one key", `SCRAM-SHA-256$4096:${salt}$${key}`],
    ["text after it", `SCRAM-SHA-256$4096:${salt}$${key}:${key} `],
    ["another hash", `SCRAM-SHA-512$4096:${salt}$${key}:${key}`],
  ])("is no verifier with %s", (_, text) => expect(isVerifier(text)).toBe(false));
});

/** scram.service.test.ts compares the result with the server's. */
describe("saslprep", () => {
  test.each([
    ["keeps ASCII, including control characters", "a\u0007b c", "a\u0007b c"],
    ["normalizes compatible forms", "\uFB01 \u2168 \u00AA", "fi IX a"],
    ["maps other spaces to the ASCII space", "a\u00A0b\u3000c", "a b c"],
    ["removes characters that are mapped to nothing", "p\u00ADa\u200Dss\uFE0F", "pass"],
    ["keeps a password with a prohibited character unchanged", "\uFB01\u0007", "\uFB01\u0007"],
    ["keeps a password with a character newer than Unicode 3.2 unchanged", "\uFB01\u{1F600}", "\uFB01\u{1F600}"],
    ["keeps a password unchanged if nothing would be left", "\u00AD", "\u00AD"],
    [
      "normalizes right-to-left text that begins and ends with such characters",
      "\u0627\uFB50\u0628",
      "\u0627\u0671\u0628",
    ],
    ["keeps other right-to-left text unchanged", "\u0627\uFB501", "\u0627\uFB501"],
    ["keeps text of both directions unchanged", "\u0627a\uFB01\u0628", "\u0627a\uFB01\u0628"],
  ])("%s", async (_, password, prepared) => {
    expect(await saslprep(password)).toBe(prepared);
  });
});
