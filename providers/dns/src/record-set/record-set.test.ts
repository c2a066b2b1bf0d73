import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { recordSet } from "./record-set.ts";

const schema = z.strictObject(recordSet);
const named = (name: string): object => ({ name, type: "TXT", values: ["x"] });

describe("the name of a record set", () => {
  test.each([
    "_nixops4-a.www.example.org",
    "_nixops4-records.site.example.org",
    "_NIXOPS4-A.www.example.org.",
    String.raw`\095nixops4-a.www.example.org`,
    String.raw`_nixops4\045a.www.example.org`,
    "_ｎixops4-a.www.example.org",
  ])("%s is reserved for marks", (name) => {
    expect(schema.safeParse(named(name)).error?.issues).toMatchObject([
      { path: ["name"], message: expect.stringContaining("the provider keeps its marks") },
    ]);
  });

  test.each(["www.example.org", "_dmarc.example.org", "nixops4-a.example.org", "*.example.org", "a..b"])(
    "%s is not reserved",
    (name) => {
      expect(schema.safeParse(named(name)).success).toBe(true);
    },
  );
});
