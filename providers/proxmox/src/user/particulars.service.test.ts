import { expect, test } from "vitest";
import { userRights } from "../testing/rights.ts";
import { describeProxmox } from "../testing/suite.ts";

const mark = (type: string, managedBy = "shop") => `nixops4:${JSON.stringify({ v: 1, managedBy, type })}`;

describeProxmox("a user", { rights: userRights, groups: ["operators"] }, (suite) => {
  const alice = { userId: "alice@pve" };
  const apply = (inputs: object = {}) => suite().deployment.create("user", { ...alice, ...inputs });
  const destroy = (inputs: object = {}) => suite().deployment.destroy("user", { ...alice, ...inputs });
  const call = (...given: Parameters<ReturnType<typeof suite>["server"]["call"]>) => suite().server.call(...given);

  test("what the inputs leave out stays as people wrote it", async () => {
    await apply();
    await call("PUT", "/access/users/alice@pve", { email: "hand@example.org", groups: "operators", lastname: "Hand" });
    const before = await suite().backend.snapshot();
    expect((await apply()).outcome).toBe("unchanged");
    expect(await suite().backend.snapshot()).toEqual(before);
    expect((await apply({ firstName: "Alice" })).outcome).toBe("updated");
    expect(await call("GET", "/access/users/alice@pve")).toMatchObject({
      email: "hand@example.org",
      groups: ["operators"],
      lastname: "Hand",
      firstname: "Alice",
    });
  });

  test("a disabled user's tokens are rejected, and work again", async () => {
    await apply();
    expect((await apply({ enabled: false })).outcome).toBe("updated");
    expect(await call("GET", "/access/users/alice@pve")).toMatchObject({ enable: 0 });
    expect((await apply()).outcome).toBe("updated");
    expect(await call("GET", "/access/users/alice@pve")).toMatchObject({ enable: 1 });
  });

  test("a user with foreign tokens is deleted only with `confirmLoss`", async () => {
    await apply();
    await call("POST", "/access/users/alice@pve/token/ours", { comment: mark("token") });
    await call("POST", "/access/users/alice@pve/token/theirs", { comment: mark("token", "bank") });
    const before = await suite().backend.snapshot();
    const { error } = await destroy();
    expect(error).toContain("[proxmox.user.loss] Unable to delete user alice@pve:");
    expect(error).toContain("alice@pve!theirs");
    expect(error).not.toContain("alice@pve!ours");
    expect(error).toContain("confirmLoss = true");
    expect(await suite().backend.snapshot()).toEqual(before);
    expect((await destroy({ confirmLoss: true })).outcome).toBe("deleted");
  });

  test("a user with permissions is deleted only with `confirmLoss`, unless the roles are ours", async () => {
    await apply();
    await call("POST", "/access/roles", { roleid: "nixops4.shop.tenant", privs: "VM.Audit" });
    await call("POST", "/access/users/alice@pve/token/ours", { comment: mark("token") });
    await call("PUT", "/access/acl", { path: "/pool/a", roles: "nixops4.shop.tenant", users: "alice@pve" });
    await call("PUT", "/access/acl", { path: "/pool/b", roles: "PVEVMUser", tokens: "alice@pve!ours" });
    const { error } = await destroy();
    expect(error).toContain("PVEVMUser of token alice@pve!ours on /pool/b");
    expect(error).not.toContain("/pool/a");
    await call("PUT", "/access/acl", { path: "/pool/b", roles: "PVEVMUser", tokens: "alice@pve!ours", delete: 1 });
    expect((await destroy()).outcome).toBe("deleted");
  });

  test("a token that does not see every permission deletes no user", async () => {
    await apply();
    const { deployment } = await suite().as(
      "limited",
      userRights.filter(({ path }) => path !== "/"),
    );
    expect((await deployment.destroy("user", alice)).error).toContain("Permissions.Modify on the path /");
    expect((await deployment.destroy("user", { ...alice, confirmLoss: true })).outcome).toBe("deleted");
  });

  test("root@pam and the provider's own user are neither adopted, nor disabled, nor deleted", async () => {
    const own = suite().backend.account.user;
    for (const userId of ["root@pam", own]) {
      expect((await apply({ userId, adopt: true })).error).toContain("[proxmox.user.own]");
      expect((await suite().deployment.plan("user", { userId, adopt: true })).error).toContain("[proxmox.user.own]");
    }
    await call("PUT", `/access/users/${own}`, { comment: mark("user") });
    expect((await apply({ userId: own, comment: "Ours" })).outcome).toBe("updated");
    for (const inputs of [{ enabled: false }, { expiresAt: "2001-01-01T00:00:00Z" }]) {
      expect((await apply({ userId: own, ...inputs })).error).toContain("never disables");
    }
    expect((await destroy({ userId: own, confirmLoss: true })).error).toContain("never deletes");
    expect((await destroy({ userId: own, deletion: "retain" })).outcome).toBe("retained");
    await call("PUT", `/access/users/${own}`, { comment: "" });
  });

  test("without Realm.AllocateUser nothing is created, and the message names the path", async () => {
    const { deployment } = await suite().as("limited", [{ path: "/access/groups", privileges: ["User.Modify"] }]);
    const { error } = await deployment.create("user", alice);
    expect(error).toContain("(/access/realm/pve, Realm.AllocateUser)");
  });

  test("a group that does not exist is named by the server", async () => {
    const { error } = await apply({ groups: ["nobody"] });
    expect(error).toContain("[proxmox.request.rejected]");
    expect(error).toContain("nobody");
  });

  test.each([
    [{ userId: "alice" }, "userId"],
    [{ userId: "alice@pve!token" }, "userId"],
    [{ userId: "a b@pve" }, "userId"],
    [{ email: "nobody" }, "email"],
    [{ expiresAt: "tomorrow" }, "expiresAt"],
    [{ expiresAt: "2030-13-01T00:00:00Z" }, "expiresAt"],
    [{ groups: ["a,b"] }, "groups"],
    [{ password: "secret" }, "password"],
  ])("rejects %j", async (inputs, name) => {
    const { error } = await apply(inputs);
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain(`\`${name}`);
  });
});
