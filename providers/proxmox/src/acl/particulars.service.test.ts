import { expect, test } from "vitest";
import * as z from "zod/mini";
import { aclRights } from "../testing/rights.ts";
import { describeProxmox } from "../testing/suite.ts";

const prepared = {
  rights: aclRights("/pool/shop"),
  users: ["alice@pve"],
  tokens: ["alice@pve!one", "alice@pve!two"],
  groups: ["operators"],
  roles: ["tenant"],
};

const rows = z.array(
  z.object({ path: z.string(), ugid: z.string(), roleid: z.string(), propagate: z.union([z.number(), z.string()]) }),
);

describeProxmox("an acl", prepared, (suite) => {
  const entry = { path: "/pool/shop", roleId: "tenant" };
  const apply = (inputs: object) => suite().deployment.create("acl", { ...entry, ...inputs });
  const destroy = (inputs: object) => suite().deployment.destroy("acl", { ...entry, ...inputs });
  const call = (...given: Parameters<ReturnType<typeof suite>["server"]["call"]>) => suite().server.call(...given);
  const entries = async (): Promise<string[]> =>
    rows
      .parse(await call("GET", "/access/acl"))
      .filter(({ roleid }) => roleid === "tenant")
      .map(({ path, ugid, propagate }) => `${ugid} ${path} ${propagate}`)
      .toSorted();

  const [one, two] = [{ token: "alice@pve!one" }, { token: "alice@pve!two" }];

  test("a token and its user get the role, and the token then has its privileges", async () => {
    expect((await apply(one)).outputs).toEqual({ subjects: ["alice@pve", "alice@pve!one"] });
    expect(await entries()).toEqual(["alice@pve /pool/shop 1", "alice@pve!one /pool/shop 1"]);
    const permissions = await call("GET", "/access/permissions", { userid: "alice@pve!one", path: "/pool/shop" });
    expect(permissions).toEqual({ "/pool/shop": { "VM.Audit": 1 } });
  });

  test("the user's permission goes with the last token that has the role there", async () => {
    await apply(one);
    await apply(two);
    expect((await destroy(one)).outcome).toBe("deleted");
    expect(await entries()).toEqual(["alice@pve /pool/shop 1", "alice@pve!two /pool/shop 1"]);
    expect((await destroy(one)).outcome).toBe("unchanged");
    expect((await destroy(two)).outcome).toBe("deleted");
    expect(await entries()).toEqual([]);
  });

  test("two tokens of one user with different `propagate` do not undo each other", async () => {
    await apply({ ...one, propagate: true });
    expect((await apply({ ...two, propagate: false })).outcome).toBe("created");
    expect((await apply({ ...one, propagate: true })).outcome).toBe("unchanged");
    expect((await apply({ ...two, propagate: false })).outcome).toBe("unchanged");
    expect(await entries()).toEqual([
      "alice@pve /pool/shop 1",
      "alice@pve!one /pool/shop 1",
      "alice@pve!two /pool/shop 0",
    ]);
  });

  test("the permission that a deleted token left to its user is removed", async () => {
    await apply(one);
    await call("DELETE", "/access/users/alice@pve/token/one");
    expect((await destroy(one)).outcome).toBe("deleted");
    expect(await entries()).toEqual([]);
  });

  test("other permissions on the path stay", async () => {
    await call("PUT", "/access/acl", { path: "/pool/shop", roles: "tenant", groups: "operators" });
    await call("PUT", "/access/acl", { path: "/pool/shop", roles: "PVEAuditor", users: "alice@pve" });
    const before = await suite().backend.snapshot();
    expect((await apply({ user: "alice@pve" })).outcome).toBe("created");
    expect((await destroy({ user: "alice@pve" })).outcome).toBe("deleted");
    expect(await suite().backend.snapshot()).toEqual(before);
    expect((await apply({ group: "operators" })).outcome).toBe("unchanged");
    expect((await destroy({ group: "operators" })).outcome).toBe("deleted");
  });

  test.each([
    [{ roleId: "nobody", user: "alice@pve" }, "role 'nobody' does not exist"],
    [{ user: "bob@pve" }, "user 'bob@pve' does not exist"],
    [{ group: "nobody" }, "group 'nobody' does not exist"],
    [{ token: "alice@pve!three" }, "no such token 'three' for user 'alice@pve'"],
    [{ token: "bob@pve!one" }, "bob@pve"],
  ])("%j: the error names what is missing", async (inputs, words) => {
    const before = await suite().backend.snapshot();
    const { error } = await apply(inputs);
    expect(error).toContain("[proxmox.acl.missing]");
    expect(error).toContain(words);
    expect(await suite().backend.snapshot()).toEqual(before);
  });

  test("a path that our token does not see is an error, also of a destroy, with path and privilege", async () => {
    await call("PUT", "/access/acl", { path: "/pool/bank", roles: "tenant", users: "alice@pve" });
    const before = await suite().backend.snapshot();
    const there = { path: "/pool/bank", user: "alice@pve" };
    for (const { error } of [await apply(there), await destroy(there)]) {
      expect(error).toContain("[proxmox.permission.denied]");
      expect(error).toContain("Permissions.Modify on the path /pool/bank");
    }
    expect(await suite().backend.snapshot()).toEqual(before);
  });

  test("an unknown kind of path is rejected with the input's name", async () => {
    const { deployment } = await suite().as("root-like", aclRights("/"));
    const { error } = await deployment.create("acl", { ...entry, path: "/bogus", user: "alice@pve" });
    expect(error).toContain("`path`: invalid ACL path '/bogus'");
  });

  test.each([
    [{}, "none of `user`, `group` and `token` is set"],
    [{ user: "alice@pve", group: "operators" }, "`user` and `group` are set together"],
    [{ user: "alice@pve", path: "/pool/" }, "`path`"],
    [{ user: "alice@pve", path: "pool/a" }, "`path`"],
    [{ token: "alice@pve" }, "`token`"],
  ])("rejects %j", async (inputs, words) => {
    const { error } = await apply(inputs);
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain(words);
  });
});
