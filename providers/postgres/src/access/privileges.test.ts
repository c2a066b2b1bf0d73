import { describe, expect, test } from "vitest";
import { checkPrivileges, grants, grantsOf, rightsOf, type Grants } from "./privileges.ts";
import { Rights } from "./rights.ts";

const all = ["INSERT", "SELECT", "UPDATE"];
const parsed = (input: unknown): Grants => grants.parse(input);

describe("grants", () => {
  test("list the privileges and grant options of each grantee", () => {
    const rights = rightsOf(parsed({ bob: { privileges: ["SELECT", "INSERT"], grantable: ["SELECT"] } }), all);
    expect([...rights]).toEqual([
      { grantee: "bob", privilege: "SELECT", isOption: false },
      { grantee: "bob", privilege: "INSERT", isOption: false },
      { grantee: "bob", privilege: "SELECT", isOption: true },
    ]);
  });

  test("expand ALL to the privileges that the server has for this kind of object", () => {
    const rights = rightsOf(parsed({ bob: { privileges: ["ALL"] } }), all);
    expect(rights.equals(rightsOf(parsed({ bob: { privileges: ["UPDATE", "INSERT", "SELECT"] } }), all))).toBe(true);
  });

  test("are returned in the wanted spelling if nothing differs", () => {
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
    ["`public` in lower case, which no role can have as its name", { public: { privileges: ["SELECT"] } }],
    ["a grant option for PUBLIC", { PUBLIC: { privileges: ["SELECT"], grantable: ["SELECT"] } }],
    ["a grant option without its privilege", { bob: { privileges: ["SELECT"], grantable: ["INSERT"] } }],
    ["a grantee without a privilege", { bob: { privileges: [] } }],
    ["an unknown privilege", { bob: { privileges: ["select"] } }],
    ["a name that PostgreSQL would truncate", { ["b".repeat(64)]: { privileges: ["SELECT"] } }],
  ])("reject %s", (_name, input) => {
    expect(grants.safeParse(input).success).toBe(false);
  });

  test("reject a privilege that the server does not have for this kind of object", () => {
    const wanted = parsed({ bob: { privileges: ["CONNECT"] } });
    expect(() => checkPrivileges(wanted, all)).toThrow("the server has no privilege CONNECT for this kind of object");
    expect(() => checkPrivileges(parsed({ bob: { privileges: ["ALL"] } }), all)).not.toThrow();
  });
});
