import { beforeEach, describe, expect, test } from "vitest";
import { Entries } from "../entries.ts";
import { startLldap, whatAnswers } from "../lldap.ts";
import { resetLldap } from "../reset.ts";
import { serverOf } from "../../testing.ts";

describe(`filters of users of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  let entries: Entries;
  beforeEach(async () => {
    await resetLldap(server());
    entries = new Entries(server());
  });
  const ids = async (filters: unknown): Promise<unknown> =>
    await server().graphql("query ($filters: RequestFilter) { users(filters: $filters) { id } }", { filters });
  const by = async (field: string, value: string): Promise<unknown> => await ids({ eq: { field, value } });

  test("find users by id and e-mail address in any case, and by other values exactly", async () => {
    await entries.addAttribute("User", "mark");
    await entries.createUser("bob", { displayName: "Bob", attributes: [{ name: "mark", value: ["Mine"] }] });
    for (const field of ["user_id", "id", "uid"]) expect(await by(field, "BOB"), field).toEqual(found("bob"));
    for (const field of ["mail", "email"]) expect(await by(field, "BOB@Example.com"), field).toEqual(found("bob"));
    expect(await by("display_name", "Bob")).toEqual(found("bob"));
    expect(await by("display_name", "bob")).toEqual(found());
    expect(await by("MARK", "Mine")).toEqual(found("bob"));
    expect(await by("mark", "mine")).toEqual(found());
  });

  test("are combined; a missing display name is neither equal nor different", async () => {
    const admin = server().username;
    await entries.createUser("bob", { displayName: "Bob" });
    await entries.createUser("carol");
    const isBob = { eq: { field: "id", value: "bob" } };
    expect(await ids({ any: [isBob, { memberOf: "LLDAP_Admin" }] })).toEqual(found(admin, "bob"));
    expect(await ids({ all: [isBob, { memberOfId: 1 }] })).toEqual(found());
    expect(await ids({ not: isBob })).toEqual(found(admin, "carol"));
    expect(await ids({ not: { eq: { field: "display_name", value: "Bob" } } })).toEqual(found(admin));
    expect(await ids({ any: [] })).toEqual(found());
    expect(await ids({ all: [] })).toEqual(found(admin, "bob", "carol"));
  });

  test.each([
    ["no member", {}, "No field specified in request filter"],
    ["two members", { memberOf: "x", memberOfId: 1 }, "Multiple fields specified in request filter"],
    ["an unknown field", { eq: { field: "nothing", value: "x" } }, "Unknown request filter: nothing"],
    ["a list", { eq: { field: "tags", value: "x" } }, "Equality not supported for list fields"],
    ["a wrong value", { eq: { field: "age", value: "x" } }, "While deserializing attribute age"],
    ["a field of LDAP", { eq: { field: "objectClass", value: "x" } }, "Ldap fields not supported in request filter"],
  ])("a filter with %s is an error", async (_, filter, message) => {
    await entries.addAttribute("User", "tags", "STRING", { isList: true });
    await entries.addAttribute("User", "age", "INTEGER");
    await expect(ids(filter)).rejects.toThrow(message);
  });
});

const found = (...users: readonly string[]): unknown => ({ users: users.map((id) => ({ id })) });
