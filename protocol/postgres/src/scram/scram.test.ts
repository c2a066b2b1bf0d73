import { describe, expect, test } from "vitest";
import { matchesVerifier, saslprep, scramVerifier } from "./scram.ts";

describe("a SCRAM verifier", () => {
  test("is what PostgreSQL stores: iterations, salt, StoredKey and ServerKey", async () => {
    const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
    expect(await scramVerifier("pencil", salt)).toBe(
      // RFC 7677, section 3: the salt, the iterations and the password of its example.
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });

  test("has its own salt each time, and matches its password and no other", async () => {
    const [one, two] = [await scramVerifier("s3cret"), await scramVerifier("s3cret")];
    expect(one).not.toBe(two);
    expect(await matchesVerifier("s3cret", one)).toBe(true);
    expect(await matchesVerifier("s3cret", two)).toBe(true);
    expect(await matchesVerifier("s3cre", one)).toBe(false);
  });

  test.each(["md5e8a48653851e28c69d0506508fb27fc5", "", "SCRAM-SHA-256$4096:AAAA$AAAA:AAAA", "s3cret"])(
    "is not %s",
    async (stored) => expect(await matchesVerifier("s3cret", stored)).toBe(false),
  );
});

/** The same as the server's own is in scram.service.test.ts. */
describe("a password is prepared", () => {
  test.each([
    ["ASCII stays, control characters and all", "a\u0007b c", "a\u0007b c"],
    ["compatible forms are made one", "\uFB01 \u2168 \u00AA", "fi IX a"],
    ["spaces are spaces", "a\u00A0b\u3000c", "a b c"],
    ["what is nothing goes", "p\u00ADa\u200Dss\uFE0F", "pass"],
    ["what is forbidden leaves it as it is", "\uFB01\u0007", "\uFB01\u0007"],
    ["what Unicode 3.2 did not know, too", "\uFB01\u{1F600}", "\uFB01\u{1F600}"],
    ["where nothing would be left, too", "\u00AD", "\u00AD"],
    ["right to left begins and ends so", "\u0627\uFB50\u0628", "\u0627\u0671\u0628"],
    ["or it stays as it is", "\u0627\uFB501", "\u0627\uFB501"],
    ["and beside left to right, too", "\u0627a\uFB01\u0628", "\u0627a\uFB01\u0628"],
  ])("%s", async (_, password, prepared) => {
    expect(await saslprep(password)).toBe(prepared);
  });
});
