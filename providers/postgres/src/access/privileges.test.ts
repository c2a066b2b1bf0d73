import { describe, expect, test } from "vitest";
import { checkPrivileges, grants, grantsOf, rightsOf, type Grants } from "./privileges.ts";
import { Rights } from "./rights.ts";

const all = ["INSERT", "SELECT", "UPDATE"];
const parsed = (input: unknown): Grants => grants.parse(input);

describe("grants", () => {
  test("are what each grantee may do, and may pass on", () => {
    const rights = rightsOf(parsed({ bob: { privileges: ["SELECT", "INSERT"], grantable: ["SELECT"] } }), all);
    expect([...rights]).toEqual([
      { grantee: "bob", privilege: "SELECT", isOption: false },
      { grantee: "bob", privilege: "INSERT", isOption: false },
      { grantee: "bob", privilege: "SELECT", isOption: true },
    ]);
  });

  test("ALL is what the server has for this kind of object", () => {
    const rights = rightsOf(parsed({ bob: { privileges: ["ALL"] } }), all);
    expect(rights.equals(rightsOf(parsed({ bob: { privileges: ["UPDATE", "INSERT", "SELECT"] } }), all))).toBe(true);
  });

  test("are told in the words that were used, where nothing differs", () => {
    const wanted = parsed({ bob: { privileges: ["ALL"] }, ann: { privileges: ["UPDATE", "SELECT"] } });
    const rights = rightsOf(wanted, all);
    expect(grantsOf(rights, wanted, all)).toEqual(wanted);
    const fewer = rights.without(new Rights([{ grantee: "bob", privilege: "INSERT", isOption: false }]));
    expect(grantsOf(fewer, wanted, all)).toEqual({
      ...wanted,
      bob: { privileges: ["SELECT", "UPDATE"], grantable: [] },
    });
  });

  test.each([
    ["`public` in small letters, which no role can be", { public: { privileges: ["SELECT"] } }],
    ["something that PUBLIC may pass on", { PUBLIC: { privileges: ["SELECT"], grantable: ["SELECT"] } }],
    ["something to pass on that is not granted", { bob: { privileges: ["SELECT"], grantable: ["INSERT"] } }],
    ["a grantee without a privilege", { bob: { privileges: [] } }],
    ["a word that is no privilege", { bob: { privileges: ["select"] } }],
    ["a name that PostgreSQL would cut", { ["b".repeat(64)]: { privileges: ["SELECT"] } }],
  ])("%s is refused", (_name, input) => {
    expect(grants.safeParse(input).success).toBe(false);
  });

  test("a privilege of another kind is refused with those that there are", () => {
    const wanted = parsed({ bob: { privileges: ["CONNECT"] } });
    expect(() => checkPrivileges(wanted, all)).toThrow("CONNECT is no privilege of this kind of object");
    expect(() => checkPrivileges(parsed({ bob: { privileges: ["ALL"] } }), all)).not.toThrow();
  });
});
