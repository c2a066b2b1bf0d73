import { superuserLogin } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { Client, escapeLiteral } from "pg";
import { expect, test } from "vitest";
import { matchesVerifier, scramVerifier } from "./scram.ts";

/** Each takes another way through SASLprep. */
const passwords = {
  "plain ASCII": "plain-SECRET-123",
  "quotes and a backslash": `"q'\\$x`,
  "a control character in ASCII": "\u0007bell",
  "umlauts, a ligature, a wide space": "pässwörd \uFB01\u00A0x",
  "a soft hyphen": "a\u00ADb",
  "nothing but a soft hyphen": "\u00AD",
  "a control character beside a ligature": "\u0007\uFB01",
  "a symbol that decomposes": "\u2126\u212B \u2135x",
  "a tone mark that is forbidden before it decomposes": "a\u0340\uFB01",
  "an emoji beside a ligature": "\u{1F600}\uFB01",
  "a letter that Unicode 3.2 did not have, and that decomposes": "\u2C7C\uFB01",
  "right to left": "\u0627\uFB50\u0628",
  "right to left that ends with a digit": "\u0627\uFB501",
  "both directions": "\u0627a\uFB01\u0628",
};

describePostgres("SCRAM", (server) => {
  test.each(Object.entries(passwords))("with %s is as the server's own", async (_, password) => {
    const superuser = new Client(await superuserLogin(server()));
    await superuser.connect();
    try {
      // The password goes to the server in clear here, for once, and not to its log.
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
