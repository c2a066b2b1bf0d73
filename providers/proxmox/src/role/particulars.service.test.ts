import { expect, test } from "vitest";
import { roleRights } from "../testing/rights.ts";
import { describeProxmox } from "../testing/suite.ts";

describeProxmox("a role", { rights: roleRights, users: ["alice@pve"] }, (suite) => {
  const tenant = { name: "tenant", privileges: ["VM.Audit"] };
  const apply = (inputs: object = {}) => suite().deployment.create("role", { ...tenant, ...inputs });

  test("its id names the deployment, and the order of privileges does not matter", async () => {
    expect((await apply({ privileges: ["VM.Audit", "Pool.Audit"] })).outputs).toEqual({
      roleId: "nixops4.shop.tenant",
    });
    expect((await apply({ privileges: ["Pool.Audit", "VM.Audit"] })).outcome).toBe("unchanged");
  });

  test("a role in use is not deleted, and the message names the permissions that would vanish", async () => {
    await apply();
    const entry = { path: "/pool/bank", roles: "nixops4.shop.tenant", users: "alice@pve" };
    await suite().server.call("PUT", "/access/acl", entry);
    const before = await suite().backend.snapshot();
    const { error } = await suite().deployment.destroy("role", tenant);
    expect(error).toContain(
      "[proxmox.role.inUse] Unable to delete role tenant: the role nixops4.shop.tenant is in use",
    );
    expect(error).toContain("of user alice@pve on /pool/bank");
    expect(await suite().backend.snapshot()).toEqual(before);
    await suite().server.call("PUT", "/access/acl", { ...entry, delete: 1 });
    expect((await suite().deployment.destroy("role", tenant)).outcome).toBe("deleted");
  });

  test("a token that does not see every permission deletes no role", async () => {
    await apply();
    await suite().server.call("PUT", "/access/acl", { path: "/", roles: "nixops4.shop.tenant", users: "alice@pve" });
    const before = await suite().server.call("GET", "/access/acl");
    const { deployment } = await suite().as("limited", [{ path: "/access", privileges: ["Sys.Modify"] }]);
    const { error } = await deployment.destroy("role", tenant);
    expect(error).toContain("[proxmox.permission.denied]");
    expect(error).toContain("Permissions.Modify on the path /");
    await suite().backend.reset();
    expect(before).not.toEqual([]);
  });

  test("an unknown privilege is named, with the input", async () => {
    const { error } = await apply({ privileges: ["VM.Audit", "VM.Monitor"] });
    expect(error).toContain("`privileges`: invalid format - invalid privilege 'VM.Monitor'");
  });

  test("a role of Proxmox itself, or of somebody else, is out of reach", async () => {
    await suite().server.call("POST", "/access/roles", { roleid: "tenant", privs: "VM.Audit" });
    expect((await apply()).outcome).toBe("created");
    expect((await suite().deployment.destroy("role", tenant)).outcome).toBe("deleted");
    expect(JSON.stringify(await suite().backend.snapshot())).toContain(String.raw`\"roleid\":\"tenant\"`);
  });

  test.each([
    [{ name: "a b" }, "name"],
    [{ privileges: [] }, "privileges"],
    [{ privileges: ["VM.Audit", "VM.Audit"] }, "privileges"],
    [{ privileges: ["VM.Audit,VM.Clone"] }, "privileges"],
  ])("rejects %j", async (inputs, name) => {
    const { error } = await apply(inputs);
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain(`\`${name}`);
  });
});
