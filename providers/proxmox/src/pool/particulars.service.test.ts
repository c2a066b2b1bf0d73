import { whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { expect, test } from "vitest";
import { poolRights } from "../testing/rights.ts";
import { describeProxmox } from "../testing/suite.ts";

describeProxmox("a pool", { rights: poolRights, pools: ["bank"] }, (suite) => {
  const apply = (inputs: object) => suite().deployment.create("pool", { name: "shop", ...inputs });
  const commentOf = async (poolid: string): Promise<unknown> => {
    const [pool] = Object.values(Object(await suite().server.call("GET", "/pools", { poolid })));
    return Object(pool).comment;
  };

  test("the quota is stored in the mark, without the limits that are null", async () => {
    expect((await apply({ comment: "Shop", quota: { vms: 3 } })).outcome).toBe("created");
    expect(await commentOf("shop")).toBe('Shop\nnixops4:{"v":1,"managedBy":"shop","type":"pool","quota":{"vms":3}}');
    expect((await apply({ comment: "Shop" })).outcome).toBe("updated");
    expect(await commentOf("shop")).toBe('Shop\nnixops4:{"v":1,"managedBy":"shop","type":"pool"}');
  });

  test("a comment that the inputs leave out stays as people wrote it", async () => {
    await apply({});
    await suite().server.call("PUT", "/pools", {
      poolid: "shop",
      comment: 'By hand\nnixops4:{"v":1,"managedBy":"shop","type":"pool"}',
    });
    expect((await apply({})).outcome).toBe("unchanged");
    expect((await apply({ quota: { cores: 8 } })).outcome).toBe("updated");
    expect(await commentOf("shop")).toContain("By hand\n");
    expect((await apply({ comment: "", quota: { cores: 8 } })).outcome).toBe("updated");
    expect(await commentOf("shop")).not.toContain("By hand");
  });

  test("pools nest, and the parent must exist", async () => {
    expect((await apply({ name: "bank/one" })).outcome).toBe("created");
    expect((await apply({ name: "bank/one" })).outcome).toBe("unchanged");
    const { error } = await apply({ name: "nowhere/one" });
    expect(error).toContain("[proxmox.request.rejected] Unable to create pool nowhere/one:");
    expect(error).toContain("parent 'nowhere' of pool 'nowhere/one' does not exist");
    expect((await suite().deployment.destroy("pool", { name: "bank/one" })).outcome).toBe("deleted");
  });

  test("a pool with members is not deleted, and the message names them", async () => {
    await apply({});
    await suite().server.call("PUT", "/pools", { poolid: "shop", storage: suite().server.storage });
    const before = await suite().backend.snapshot();
    const { error } = await suite().deployment.destroy("pool", { name: "shop" });
    expect(error).toContain("[proxmox.pool.members] Unable to delete pool shop: the pool shop is not empty");
    expect(error).toContain(suite().server.storage);
    expect(await suite().backend.snapshot()).toEqual(before);
    expect((await suite().deployment.destroy("pool", { name: "shop", deletion: "retain" })).outcome).toBe("retained");
  });

  test("a tenant's token does not reach for another pool, and learns path and privilege", async () => {
    await apply({});
    const { deployment } = await suite().as("tenant", [{ path: "/pool/shop", privileges: ["Pool.Audit", "VM.Audit"] }]);
    const before = await suite().backend.snapshot();
    const adopting = await deployment.create("pool", { name: "bank", adopt: true });
    expect(adopting.error).toContain("403 Permission check failed (/pool/bank, Pool.Allocate)");
    expect(adopting.error).toContain("a role with Pool.Allocate on the path /pool/bank");
    const creating = await deployment.create("pool", { name: "mine" });
    expect(creating.error).toContain("[proxmox.permission.denied]");
    expect(creating.error).toContain("(/pool/mine, Pool.Allocate)");
    // Its own pool is the operator's, too: the name of the deployment is no secret.
    expect((await deployment.destroy("pool", { name: "shop" })).error).toContain("(/pool/shop, Pool.Allocate)");
    expect(await suite().backend.snapshot()).toEqual(before);
    expect((await deployment.list("pool")).body).toMatchObject({ resources: [{ label: "shop" }] });
    const operator = await suite().deployment.create("pool", { name: "bank", adopt: true });
    expect(operator.outcome).toBe("adopted");
    expect(JSON.stringify((await deployment.list("pool")).body)).not.toContain("bank");
  });

  test.runIf(whatAnswers === "the emulator")("a look is repeated while the proxy of the node fails", async () => {
    await suite().server.fault({
      fault: "answer",
      method: "GET",
      path: "/pools",
      when: "instead",
      status: 595,
      times: 2,
    });
    expect((await apply({})).outcome).toBe("created");
  });

  test.runIf(whatAnswers === "the emulator")("a write that was done may be answered with a failure", async () => {
    await suite().server.fault({ fault: "answer", method: "POST", path: "/pools", when: "afterwards", status: 596 });
    const { error } = await apply({});
    expect(error).toContain("[proxmox.node.unreachable]");
    expect(error).toContain("it is unknown whether it took effect");
    expect((await apply({})).outcome).toBe("unchanged");
  });

  test.each([
    [{ name: "a b" }, "name"],
    [{ name: "a/b/c/d" }, "name"],
    [{ name: "/a" }, "name"],
    [{ comment: " padded" }, "comment"],
    [{ comment: "ends\n" }, "comment"],
    [{ comment: "a\nnixops4:{}" }, "comment"],
    [{ quota: { vms: -1 } }, "quota.vms"],
    [{ quota: { ram: 1 } }, "quota.ram"],
  ])("rejects %j", async (inputs, name) => {
    const { error } = await apply(inputs);
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain(`\`${name}`);
  });
});
