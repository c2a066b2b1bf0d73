import { describe, expect, test } from "vitest";
import { checkCnameRules } from "./cname-rules.ts";
import { wantedSet, type GivenSet } from "./record-set.ts";

const set = (type: string, ...values: string[]): GivenSet => ({
  name: "www.example.org",
  type,
  ttlSeconds: 300,
  values,
});
const check = (...sets: GivenSet[]): void => checkCnameRules(sets.map((one) => wantedSet(one)));

describe("the rules of CNAME records", () => {
  test("reject a second value, and name the RFC", () => {
    expect(() => check(set("CNAME", "a.example.org", "b.example.org"))).toThrow(
      "the CNAME record at www.example.org has 2 values, and a name has only one CNAME record (RFC 2181, section 10.1)",
    );
  });

  test("reject other records of the same name, and name the RFC", () => {
    expect(() => check(set("A", "192.0.2.1"), set("CNAME", "a.example.org"), set("TXT", "x"))).toThrow(
      "www.example.org has a CNAME record and other records (A, TXT), and a CNAME record must be the only record of its name (RFC 1034, section 3.6.2)",
    );
  });

  test("accept one value in two spellings, and other names", () => {
    check(set("CNAME", "a.example.org", "A.Example.Org."), { ...set("A", "192.0.2.1"), name: "a.example.org" });
  });

  test.each(["DNAME", "TYPE39"])("reject a second %s record, and name the RFC", (type) => {
    expect(() => check(set(type, "a.example.org.", "b.example.org."))).toThrow(
      "a name has only one DNAME record (RFC 6672, section 2.4)",
    );
    check(set(type, "a.example.org."), set("A", "192.0.2.1"));
  });
});
