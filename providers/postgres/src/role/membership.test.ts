import { describe, expect, test } from "vitest";
import { membershipStatements, seenMemberships, type Membership, type MembershipGrant } from "./membership.ts";

const of = (role: string, more: Partial<Membership> = {}): Membership => ({
  role,
  admin: false,
  inherit: true,
  set: true,
  ...more,
});
const granted = (role: string, more: Partial<MembershipGrant> = {}): MembershipGrant => ({
  ...of(role),
  grantor: "postgres",
  isOurs: true,
  ...more,
});
const statements = (
  majorVersion: number,
  grants: readonly MembershipGrant[],
  memberOf: readonly Membership[],
  inherit = true,
): string[] =>
  membershipStatements({ name: "app", inherit, memberOf }, grants, { majorVersion, isSuperuser: true }).map(
    ({ text }) => text,
  );

describe("memberships", () => {
  test("merges the grants of each membership, in the wanted order", () => {
    const grants = [granted("b", { admin: true, inherit: false }), granted("b", { grantor: "x" }), granted("a")];
    expect(seenMemberships(grants, [of("a"), of("b")])).toEqual([of("a"), of("b", { admin: true })]);
  });

  test("grants, changes in place and revokes memberships, from PostgreSQL 16 on by grantor", () => {
    const grants = [granted("gone"), granted("other", { isOurs: false, grantor: "x" }), granted("changed")];
    expect(statements(18, grants, [of("new"), of("changed", { set: false })])).toEqual([
      `revoke "gone" from "app" granted by "postgres"`,
      `revoke "other" from "app" granted by "x"`,
      `grant "new" to "app" with admin false, inherit true, set true`,
      `grant "changed" to "app" with admin false, inherit true, set false`,
    ]);
    expect(statements(18, [granted("same")], [of("same")])).toEqual([]);
  });

  test("replaces a different grant of another grantor by its own", () => {
    const grants = [granted("r", { isOurs: false, grantor: "x", admin: true })];
    expect(statements(18, grants, [of("r")])).toEqual([
      `revoke "r" from "app" granted by "x"`,
      `grant "r" to "app" with admin false, inherit true, set true`,
    ]);
  });

  test("uses only ADMIN before PostgreSQL 16", () => {
    expect(
      statements(15, [granted("gone"), granted("less", { admin: true })], [of("less"), of("more", { admin: true })]),
    ).toEqual([
      `revoke "gone" from "app"`,
      `grant "less" to "app"; revoke admin option for "less" from "app"`,
      `grant "more" to "app" with admin option`,
    ]);
    expect(statements(15, [], [of("r", { inherit: false })], false)).toHaveLength(1);
  });

  test.each([
    [of("r", { set: false }), /SET ROLE/],
    [of("r", { inherit: false }), /own `inherit`/],
  ])("rejects %o before PostgreSQL 16", (membership, reason) => {
    expect(() => statements(15, [], [membership])).toThrow(reason);
  });
});
