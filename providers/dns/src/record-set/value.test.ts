import { describe, expect, test } from "vitest";
import { canonicalValues } from "./value.ts";

describe("a TXT text", () => {
  test.each([
    ['( "v=DKIM1; k=rsa; " "p=MIIB" )', "v=DKIM1; k=rsa; p=MIIB"],
    ['(\n\t"v=DKIM1; k=rsa; "\n\t"p=MIIB"\n)', "v=DKIM1; k=rsa; p=MIIB"],
    ['key1._domainkey 300 IN TXT ( "v=DKIM1; " "p=MIIB" )', "v=DKIM1; p=MIIB"],
    ['v=DKIM1; " "p=MIIB', "v=DKIM1; p=MIIB"],
    [String.raw`v=DKIM1\; k=rsa\; p=MIIB`, "v=DKIM1; k=rsa; p=MIIB"],
    [String.raw`a=\"b\"`, 'a="b"'],
    [' "x"', "x"],
  ])("in the form of a zone file is rejected with the plain text in the hint: %j", (given, plain) => {
    expect(() => canonicalValues("TXT", [given], "values")).toThrow(
      expect.objectContaining({
        code: "dns.value.invalid",
        message: expect.stringContaining("`values[0]` is a text in the form of a zone file"),
        hint: expect.stringContaining(`Write ${JSON.stringify(plain)},`),
      }),
    );
    expect(canonicalValues("TXT", [{ text: given }], "values"), "as a field").toHaveLength(1);
  });

  test.each([
    "v=spf1 mx -all",
    'a="b"; c="d"',
    '{"a": ["b", "c"]}',
    String.raw`C:\temp`,
    "(text)",
    '"quoted" "strings"',
  ])("is accepted: %s", (given) => {
    expect(canonicalValues("TXT", [given], "values")).toHaveLength(1);
  });
});
