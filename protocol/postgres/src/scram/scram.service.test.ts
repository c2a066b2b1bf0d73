import { superuserLogin } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { Client, escapeLiteral } from "pg";
import { expect, test } from "vitest";
import { matchesVerifier, scramVerifier } from "./scram.ts";

/** Each password takes another path through SASLprep. */
const passwords = {
  "plain ASCII": "plain-SECRET-123",
  "quotes and a backslash": `"q'\\$x`,
  "a control character in ASCII": "\u0007bell",
  "umlauts, a ligature, a wide space": "pässwörd \uFB01\u00A0x",
  "a soft hyphen": "a\u00ADb",
  "only a soft hyphen": "\u00AD",
  "a control character beside a ligature": "\u0007\uFB01",
  "a symbol that decomposes": "\u2126\u212B \u2135x",
  "a tone mark that is prohibited before it decomposes": "a\u0340\uFB01",
  "an emoji beside a ligature": "\u{1F600}\uFB01",
  "a letter newer than Unicode 3.2 that decomposes": "\u2C7C\uFB01",
  "right to left": "\u0627\uFB50\u0628",
  "right to left that ends with a digit": "\u0627\uFB501",
  "both directions": "\u0627a\uFB01\u0628",
};

describePostgres("a SCRAM verifier", (server) => {
  test.each(Object.entries(passwords))("of a password with %s equals the server's", async (_, password) => {
    const superuser = new Client(await superuserLogin(server()));
    await superuser.connect();
    try {
      // This test sends the password in cleartext, so it keeps the statement out of the server's log.
      await superuser.query("begin");
      await superuser.query("set local log_statement = none");
      await superuser.query(`create role scram_own password ${escapeLiteral(password)}`);
      const { rows } = await superuser.query<{ stored: string }>(
        "select rolpassword as stored from pg_authid where rolname = 'scram_own'",
      );
      await superuser.query("rollback");
      const stored = rows[0]?.stored ?? "";
      const salt = Buffer.from(/:(.+?)\$/.exec(stored)?.[1] ?? "", "base64");
      expect(await scramVerifier(password, salt)).toBe(stored);
      expect(await matchesVerifier(password, stored)).toBe(true);
      expect(await matchesVerifier(`${password}x`, stored)).toBe(false);
    } finally {
      await superuser.end();
    }
  });
});
