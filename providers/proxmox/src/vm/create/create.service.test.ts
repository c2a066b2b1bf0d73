import { expect, test } from "vitest";
import { describeMachines } from "../../testing/machine-suite.ts";
import { imageOn, machinesOf, perform, volumesOf } from "../../testing/machines.ts";
import { vmRights } from "../../testing/rights.ts";
import { Identity } from "../identity/identity.ts";

const { uuid, tag } = new Identity({ managedBy: "shop", name: "web" });

describeMachines("the create of a VM", (suite) => {
  test("id, UUID, tag and mark follow from deployment and name, and no later apply writes", async () => {
    const { apply, machine, server, backend } = suite();
    const created = await apply();
    expect(created.error).toBeUndefined();
    expect(created.outcome).toBe("created");
    const { vmid, config, pool, power } = await machine();
    expect({ pool, power }).toEqual({ pool: "shop", power: "stopped" });
    expect(vmid).toBeGreaterThanOrEqual(100_000);
    expect(created.outputs).toMatchObject({ vmid, node: server.nodes[0], uuid, rebootRequired: [], unusedDisks: [] });
    expect(config["tags"]).toBe(tag);
    expect(config["smbios1"]).toBe(`uuid=${uuid}`);
    expect(config["description"]).toContain(`"name":"web","uuid":"${uuid}","vmid":${vmid}}`);
    const before = await backend.writes();
    expect((await apply()).outcome).toBe("unchanged");
    expect(await backend.writes()).toEqual(before);
  });

  test("an image is imported and grown, in at most 12 calls without polls", async () => {
    const { apply, imaged, machine, server } = suite();
    const before = (await server.log()).split("\n").length;
    const disks = { virtio0: { storage: server.storage, sizeGib: 3 } };
    const cloudInit = {
      storage: server.storage,
      user: "ops",
      addresses: { net0: { ipv4: "192.0.2.5/24", gateway4: "192.0.2.1" } },
      dns: { servers: ["192.0.2.53"], searchDomain: "example.org" },
    };
    const nics = { net0: { bridge: server.bridge } };
    const { error, outputs } = await apply({ ...imaged, disks, cloudInit, nics, power: "running" });
    expect(error).toBeUndefined();
    expect(outputs).toMatchObject({ ipv4: { net0: ["192.0.2.5"] }, cloudInitPending: false });
    const { config, power } = await machine();
    expect(power).toBe("running");
    expect(config["virtio0"]).toContain("size=3G");
    expect(config["ciupgrade"]).toBe(0);
    const calls = (await server.log())
      .split("\n")
      .slice(before - 1)
      .filter((line) => line.includes("nixops4-tests@pve") && !/\/tasks\/[^ ]*\/status/.test(line));
    expect(calls.length, calls.join("\n")).toBeLessThanOrEqual(12);
  });

  test("a disk of exactly the image's size is not resized, and a smaller one is rejected before any call", async () => {
    const { apply, imaged, server, backend } = suite();
    const before = await backend.snapshot();
    const tooLarge = { image: { volume: imageOn(server), slot: "scsi0" } };
    const missing = await apply({ source: tooLarge });
    expect(missing.error).toContain("for which no disk is declared");
    const small = await apply({ ...imaged, disks: { virtio0: { storage: server.storage, sizeGib: 1 } } });
    expect(small.error).toContain("[proxmox.disk.shrinks]");
    expect(small.error).toContain("the disk virtio0 has 1 GiB, and the image");
    expect(small.error).toContain("has 2 GiB");
    expect(await backend.snapshot()).toEqual(before);
    const log = await server.log();
    expect((await apply(imaged)).outcome).toBe("created");
    expect((await server.log()).slice(log.length)).not.toContain("/resize");
  });

  test("an image that is on no node is an error before anything is created", async () => {
    const { apply, small, server, backend } = suite();
    const before = await backend.snapshot();
    const { error } = await apply({ ...small, source: { image: { volume: `${server.storage}:import/none.qcow2` } } });
    expect(error).toContain("[proxmox.image.missing]");
    expect(await backend.snapshot()).toEqual(before);
  });

  test("a foreign VM of the same name is left alone, and named once", async () => {
    const { apply, server, tenant, small } = suite();
    const path = `/nodes/${server.nodes[0]}/qemu`;
    await perform(server, "POST", path, { vmid: 5000, name: "web", pool: "shop", [`virtio0`]: `${server.storage}:1` });
    const foreign = (await machinesOf(server))[0];
    const { outcome, said, outputs } = await apply();
    expect(outcome).toBe("created");
    expect(outputs["vmid"]).not.toBe(5000);
    expect(said.match(/the VM 5000 has the name web, too/g)).toHaveLength(1);
    expect((await apply()).outcome).toBe("unchanged");
    expect((await machinesOf(server))[0]).toEqual(foreign);
    const { body } = await tenant.list("vm");
    expect(Object(body["resources"])).toHaveLength(1);
    expect((await tenant.destroy("vm", small)).outcome).toBe("deleted");
    expect(await machinesOf(server)).toEqual([foreign]);
  });

  test("ids come from the range only, and one that the token cannot see is passed over", async () => {
    const { apply, server } = suite();
    const path = `/nodes/${server.nodes[0]}/qemu`;
    const vmidRange = { first: 2000, last: 2002 };
    const [first, second, third] = new Identity({ managedBy: "shop", name: "web" }).vmids(vmidRange);
    for (const vmid of [first, second]) await perform(server, "POST", path, { vmid });
    const { outputs } = await apply({ vmidRange });
    expect(outputs["vmid"]).toBe(third);
    expect((await apply({ vmidRange })).outcome).toBe("unchanged");
    const other = await apply({ name: "db", vmidRange });
    expect(other.error).toContain("[proxmox.vm.idTaken]");
    expect(other.error).toContain("every id from 2000 to 2002 belongs to another VM");
    await server.call("PUT", `${path}/${third}/config`, { tags: "", name: "renamed" });
    expect((await apply({ vmidRange })).outcome).toBe("updated");
    expect((await machinesOf(server)).find(({ vmid }) => vmid === third)?.config["name"]).toBe("web");
  });

  test("a copy with the mark is reported and never touched", async () => {
    const { apply, server, machine } = suite();
    await apply();
    const { config, node } = await machine();
    const copied = { description: config["description"], name: "web", pool: "shop" };
    await perform(server, "POST", `/nodes/${node}/qemu`, { vmid: 5001, ...copied });
    const before = (await machinesOf(server))[0];
    const { outcome, said } = await apply({ memoryMib: 512 });
    expect(outcome).toBe("updated");
    expect(said).toContain("the VM 5001 is a copy of web");
    expect((await machinesOf(server))[0]).toEqual(before);
  });

  test("a VM with our UUID in another pool is not taken for ours", async () => {
    const { operator, small, server, backend } = suite();
    const path = `/nodes/${server.nodes[0]}/qemu`;
    await perform(server, "POST", path, { vmid: 5002, pool: "bank", name: "web", smbios1: `uuid=${uuid}` });
    const before = await backend.snapshot();
    const { error } = await operator.create("vm", small);
    expect(error).toContain("[proxmox.vm.otherPool]");
    expect(error).toContain("in the pool bank and not in the pool shop");
    expect(await backend.snapshot()).toEqual(before);
  });

  test("a create that is killed while its task runs is waited for, and continued", async () => {
    const { apply, imaged, server, tenant } = suite();
    await server.fault({ fault: "slowTask", type: "qmcreate", milliseconds: 6000 });
    const killed = await apply({ ...imaged, timeoutSeconds: 3 });
    expect(killed.error).toContain("protocol.timeout");
    const { outcome, error, outputs } = await apply({ ...imaged, tags: ["a"] });
    expect(error).toBeUndefined();
    expect(outcome).toBe("updated");
    const machines = await machinesOf(server);
    expect(machines.map(({ vmid }) => vmid)).toEqual([outputs["vmid"]]);
    expect(await volumesOf(server)).toHaveLength(1);
    expect((await tenant.destroy("vm", imaged)).outcome).toBe("deleted");
  });

  test("a destroy waits for a create that was killed while its task runs", async () => {
    const { apply, destroy, server, backend } = suite();
    const before = await backend.snapshot();
    await server.fault({ fault: "slowTask", type: "qmcreate", milliseconds: 6000 });
    await apply({ timeoutSeconds: 3 });
    expect((await destroy()).outcome).toBe("deleted");
    expect(await backend.snapshot()).toEqual(before);
  });

  test("a killed task leaves a lock that no token can clear, and the error has the command", async () => {
    const { apply, operator, small, server } = suite();
    await server.fault({ fault: "killTask", type: "qmcreate" });
    expect((await apply()).error).toContain("[proxmox.task.failed]");
    const id = (await machinesOf(server))[0]?.vmid;
    for (const { error } of [await apply(), await operator.create("vm", small)]) {
      expect(error).toContain("[proxmox.vm.leftLocked]");
      expect(error).toContain(`qm unlock ${id} && qm destroy ${id} --purge`);
    }
    expect(await machinesOf(server)).toHaveLength(1);
  });

  test("a lost answer of the proxy is looked after, and leads to one VM", async () => {
    const { apply, server } = suite();
    const lost = { fault: "answer", method: "POST", path: "^/nodes/[^/]*/qemu$", when: "afterwards" } as const;
    await server.fault({ ...lost, status: 596, reason: "Connection timed out" });
    const { error } = await apply();
    expect(error).toBeUndefined();
    expect(await machinesOf(server)).toHaveLength(1);
    expect((await apply()).outcome).toBe("unchanged");
  });

  test("a lock of the storage that times out is waited for", async () => {
    const { apply, imaged, server, machine } = suite();
    const text = "unable to create VM - can't lock file '/var/lock/pve-manager/pve-storage-local' - got timeout";
    await server.fault({ fault: "taskError", type: "qmcreate", times: 2, text });
    expect((await apply(imaged)).error).toBeUndefined();
    expect((await machine()).config["virtio0"]).toContain("size=2G");
  });

  test("creates of one VM at once yield one VM, and ten from one image yield ten", async () => {
    const { tenant, imaged, server } = suite();
    const same = await Promise.all([1, 2, 3].map(() => tenant.create("vm", imaged)));
    expect(same.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(new Set(same.map(({ outputs }) => outputs["vmid"])).size).toBe(1);
    const many = await Promise.all(
      Array.from({ length: 9 }, (_, index) => tenant.create("vm", { ...imaged, name: `web${index}` })),
    );
    expect(many.map(({ outcome, error }) => error ?? outcome)).toEqual(many.map(() => "created"));
    expect(await machinesOf(server)).toHaveLength(10);
    expect(await volumesOf(server)).toHaveLength(10);
  });

  test("a tenant without pool, with another pool or bridge learns the privilege, its path and the input", async () => {
    const { apply, server, backend } = suite();
    const before = await backend.snapshot();
    const noPool = await apply({ pool: null });
    expect(noPool.error).toContain("does not see the VMs of the cluster");
    expect(noPool.error).toContain("set `pool`");
    const otherPool = await apply({ pool: "bank" });
    expect(otherPool.error).toContain("VM.Audit on the path /pool/bank");
    const nics = { net0: { bridge: server.otherBridge } };
    const otherBridge = await apply({ nics });
    expect(otherBridge.error).toContain(`/sdn/zones/localnetwork/${server.otherBridge}, SDN.Use`);
    const otherStorage = await apply({ disks: { virtio0: { storage: server.otherStorage, sizeGib: 1 } } });
    expect(otherStorage.error).toContain(`/storage/${server.otherStorage}, Datastore.AllocateSpace`);
    const startup = await apply({ startup: "order=1" });
    expect(startup.error).toContain("Sys.Modify on the path /");
    expect(await backend.snapshot()).toEqual(before);
  });

  test("another tenant sees nothing, and a token that sees nothing proves nothing", async () => {
    const { apply, as, server, small } = suite();
    await apply();
    const bank = await as("bank", vmRights("bank", server.storage, server.bridge));
    expect((await bank.list("vm")).body).toEqual({ resources: [] });
    const blind = await as("blind", [{ path: "/pool/shop", privileges: ["VM.Allocate", "VM.Config.Options"] }]);
    for (const { error } of [await blind.plan("vm", small), await blind.destroy("vm", small)]) {
      expect(error).toContain("[proxmox.permission.denied]");
    }
    expect(await machinesOf(server)).toHaveLength(1);
  });

  test("without a right on tags the VM is created and found again, with one warning", async () => {
    const { apply, server, machine } = suite();
    await server.fault({ fault: "userTagAccess", value: "user-allow=none" });
    try {
      const { outcome, said } = await apply();
      expect(outcome).toBe("created");
      expect(said.match(/user-tag-access/g)).toHaveLength(1);
      expect((await machine()).config["tags"]).toBeUndefined();
      expect((await apply()).outcome).toBe("unchanged");
      expect((await apply({ tags: ["mine"] })).error).toContain("for modifying tag");
    } finally {
      await server.fault({ fault: "userTagAccess", value: null });
    }
  });

  test("the pool's quota limits a create and a growth", async () => {
    const { apply, call } = suite();
    const quota = { vms: 2, cores: 4, memoryMib: 4096, diskGib: 5 };
    const mark = JSON.stringify({ v: 1, managedBy: "ops", type: "pool", quota });
    await call("PUT", "/pools", { poolid: "shop", comment: `nixops4:${mark}` });
    expect((await apply({ cpu: { cores: 5 } })).error).toContain("[proxmox.quota.exceeded]");
    expect((await apply({ cpu: { cores: 2 }, memoryMib: 2048 })).outcome).toBe("created");
    expect((await apply({ name: "db", memoryMib: 2049 })).error).toContain("4096 MiB of memory");
    expect((await apply({ name: "db", memoryMib: 2048 })).outcome).toBe("created");
    expect((await apply({ name: "third", memoryMib: 16 })).error).toContain("quota of pool shop is 2 VMs");
    const grown = await apply({ disks: { virtio0: { storage: "local", sizeGib: 9 } } });
    expect(grown.error).toContain("5 GiB of disks: its other VMs have 1, and this one needs 9");
  });
});
