import { expect, test } from "vitest";
import * as z from "zod/mini";
import { describeMachines } from "../../testing/machine-suite.ts";
import { imageOn, machinesOf, perform, volumesOf } from "../../testing/machines.ts";

const text = z.string();

describeMachines("an update of a VM", (suite) => {
  const disk = (sizeGib: number, more: object = {}) => ({ storage: suite().server.storage, sizeGib, ...more });
  const configOf = async () => (await suite().machine()).config;

  test("more cores of a stopped VM count at once, and of a running one at its next start", async () => {
    const { apply } = suite();
    await apply({ power: "running" });
    const pending = await apply({ power: "running", cpu: { cores: 4 }, memoryMib: 2048 });
    expect(pending.outcome).toBe("updated");
    expect(pending.outputs["rebootRequired"]).toEqual(["cores", "memory"]);
    expect((await apply({ power: "running", cpu: { cores: 4 }, memoryMib: 2048 })).outcome).toBe("unchanged");
    const back = await apply({ power: "running" });
    expect(back.outputs["rebootRequired"]).toEqual([]);
    const rebooted = await apply({ power: "running", cpu: { cores: 4 }, rebootPolicy: "ifNeeded" });
    expect(rebooted.error).toBeUndefined();
    expect(rebooted.outputs["rebootRequired"]).toEqual([]);
  });

  test("`ifNeeded` reboots only for what this request wrote, and never if `power` is null", async () => {
    const { apply, server, machine } = suite();
    await apply({ power: "running" });
    const { node, vmid } = await machine();
    await server.call("PUT", `/nodes/${node}/qemu/${vmid}/config`, { numa: 1 });
    const log = await server.log();
    await apply({ power: "running", description: "Words", rebootPolicy: "ifNeeded" });
    const { outputs } = await apply({ cpu: { cores: 2 }, rebootPolicy: "ifNeeded" });
    expect(outputs["rebootRequired"]).toEqual(["cores", "numa"]);
    expect((await server.log()).slice(log.length)).not.toMatch(/status\/(reboot|shutdown|stop|start)/);
  });

  test("a change of cores touches no key of cloud-init", async () => {
    const { apply, server, machine, call } = suite();
    const inputs = {
      nics: { net0: { bridge: server.bridge } },
      cloudInit: {
        storage: server.storage,
        user: "ops",
        addresses: { net0: { ipv4: "192.0.2.5/24", gateway4: "192.0.2.1" } },
        dns: { servers: ["192.0.2.53"], searchDomain: "example.org" },
      },
    };
    await apply(inputs);
    const { node, vmid } = await machine();
    const dump = async (): Promise<unknown[]> =>
      await Promise.all(
        ["user", "network", "meta"].map((type) => call("GET", `/nodes/${node}/qemu/${vmid}/cloudinit/dump`, { type })),
      );
    const before = [await dump(), (await machine()).config["ide2"]];
    expect((await apply({ ...inputs, cpu: { cores: 3 } })).outcome).toBe("updated");
    expect([await dump(), (await machine()).config["ide2"]]).toEqual(before);
    expect(await server.log()).not.toContain("PUT /nodes/pve1/qemu/" + vmid + "/cloudinit ");
  });

  test("new addresses are written in place, and pending until the next boot of the guest", async () => {
    const { apply, server, machine } = suite();
    const inputs = (ipv4: string) => ({
      nics: { net0: { bridge: server.bridge } },
      cloudInit: {
        storage: server.storage,
        addresses: { net0: { ipv4 } },
        dns: { servers: ["192.0.2.53"], searchDomain: "example.org" },
      },
      power: "running",
    });
    expect((await apply(inputs("192.0.2.5/24"))).outputs["cloudInitPending"]).toBe(false);
    const log = await server.log();
    const changed = await apply({ ...inputs("192.0.2.6/24"), rebootPolicy: "ifNeeded" });
    expect(changed.outputs).toMatchObject({
      cloudInitPending: true,
      rebootRequired: [],
      ipv4: { net0: ["192.0.2.6"] },
    });
    const calls = (await server.log()).slice(log.length);
    expect(calls).toContain("/cloudinit ");
    expect(calls).not.toContain("/status/reboot");
    expect((await apply(inputs("192.0.2.5/24"))).outputs["cloudInitPending"]).toBe(false);
    await apply(inputs("192.0.2.6/24"));
    const { node, vmid } = await machine();
    // A boot shortly after the change could be the one before.
    await new Promise((resolve) => setTimeout(resolve, 3200));
    await perform(server, "POST", `/nodes/${node}/qemu/${vmid}/status/reboot`);
    expect((await apply(inputs("192.0.2.6/24"))).outputs["cloudInitPending"]).toBe(false);
  });

  test("cards keep their MAC address when anything else of them changes", async () => {
    const { apply, server } = suite();
    const { outputs } = await apply({ nics: { net0: { bridge: server.bridge } } });
    const { macs } = outputs;
    const changed = { bridge: server.bridge, model: "e1000", vlan: 7, firewall: true, rate: 10.5 };
    const updated = await apply({ nics: { net0: changed, net3: { bridge: server.bridge } } });
    expect(updated.outputs["macs"]).toMatchObject(Object(macs));
    expect((await configOf())["net0"]).toBe(
      `e1000=${Object(macs).net0},bridge=${server.bridge},firewall=1,rate=10.5,tag=7`,
    );
    expect((await apply({ nics: { net3: { bridge: server.bridge } } })).outcome).toBe("updated");
    expect((await configOf())["net0"]).toBeUndefined();
    const other = await apply({ nics: { net3: { bridge: server.otherBridge } } });
    expect(other.error).toContain("SDN.Use on the path /sdn/zones/localnetwork");
  });

  test("disks are added, changed, grown, reordered and detached, with their volumes", async () => {
    const { apply, server } = suite();
    await apply();
    const volume = (await configOf())["virtio0"];
    const two = { scsi1: disk(2, { ssd: true, cache: "writeback" }), virtio0: disk(1) };
    expect((await apply({ disks: two })).outcome).toBe("updated");
    expect((await apply({ disks: { virtio0: disk(1), scsi1: two.scsi1 } })).outcome).toBe("unchanged");
    const grown = { virtio0: disk(4, { discard: false, backup: false }), scsi1: disk(2) };
    expect((await apply({ disks: grown })).error).toBeUndefined();
    const config = await configOf();
    expect(config["virtio0"]).toBe(`${text.parse(volume).split(",")[0]},backup=0,size=4G`);
    const detached = await apply({ disks: { virtio0: grown.virtio0 } });
    expect(detached.outputs["unusedDisks"]).toEqual([text.parse(config["scsi1"]).split(",")[0]]);
    expect((await apply({ disks: { virtio0: grown.virtio0 } })).outcome).toBe("unchanged");
    const added = { virtio0: grown.virtio0, scsi2: disk(1) };
    await apply({ disks: added });
    expect((await apply({ disks: { virtio0: grown.virtio0 }, onRemoveDisk: "destroy" })).outcome).toBe("updated");
    expect(await volumesOf(server)).toHaveLength(2);
  });

  test("a disk grows while the VM runs, and one that should shrink is rejected before any write", async () => {
    const { apply, tenant, small, backend } = suite();
    await apply({ power: "running" });
    const grown = await apply({ power: "running", disks: { virtio0: disk(5) } });
    expect(grown.outputs["rebootRequired"]).toEqual([]);
    const before = await backend.writes();
    const inputs = { power: "running", disks: { virtio0: disk(4) } };
    expect((await apply(inputs)).error).toContain("[proxmox.disk.shrinks]");
    expect((await tenant.plan("vm", { ...small, ...inputs })).body).toMatchObject({ action: "refuse" });
    expect(await backend.writes()).toEqual(before);
  });

  test("a running VM that does not give up its boot disk stays as it is", async () => {
    const { apply, backend } = suite();
    await apply({ power: "running" });
    const before = await backend.snapshot();
    const { error } = await apply({ power: "running", disks: {} });
    expect(error).toContain("[proxmox.vm.hotplug]");
    expect(error).toContain("`disks.virtio0`: can't unplug bootdisk 'virtio0'");
    expect(await backend.snapshot()).toEqual(before);
    expect((await apply({ power: "running" })).outputs["rebootRequired"]).toEqual([]);
    expect((await apply({ power: "stopped", disks: {} })).outcome).toBe("updated");
  });

  test("another image is reported, and changes nothing", async () => {
    const { apply, imaged, server, backend } = suite();
    await apply(imaged);
    const before = await backend.writes();
    const other = { image: { volume: `${server.storage}:import/other.qcow2` } };
    const { outcome, said } = await apply({ ...imaged, source: other });
    expect(outcome).toBe("unchanged");
    expect(said).toContain(`was created from ${imageOn(server)}, and keeps its disks`);
    expect(await backend.writes()).toEqual(before);
  });

  test("tags of others stay, and earlier ones of ours go", async () => {
    const { apply, server, machine } = suite();
    await apply({ tags: ["one", "two"] });
    const { node, vmid, config } = await machine();
    await server.call("PUT", `/nodes/${node}/qemu/${vmid}/config`, { tags: `${text.parse(config["tags"])};foreign` });
    expect((await apply({ tags: ["one", "two"] })).outcome).toBe("unchanged");
    expect((await apply({ tags: ["two", "three"] })).outcome).toBe("updated");
    expect(text.parse((await configOf())["tags"])).toMatch(/^foreign;nixops4\.[0-9a-f]{16};three;two$/);
    await server.call("PUT", `/nodes/${node}/qemu/${vmid}/config`, { tags: "10.0.0.1" });
    expect((await apply({ tags: [] })).outcome).toBe("unchanged");
    expect(await machinesOf(server)).toHaveLength(1);
  });

  test("further properties are set, and removed when they are no longer declared", async () => {
    const { apply } = suite();
    await apply({ extraConfig: { vga: "serial0", tablet: "0" } });
    expect(await configOf()).toMatchObject({ vga: "serial0", tablet: 0 });
    expect((await apply({ extraConfig: { vga: "serial0" } })).outcome).toBe("updated");
    expect((await configOf())["tablet"]).toBeUndefined();
    expect((await apply({ extraConfig: { nosuch: "1" } })).error).toContain("`nosuch`: property is not defined");
    expect((await apply({ extraConfig: { cores: "2" } })).error).toContain("[protocol.inputs.invalid]");
  });

  test("a VM moves to another pool in one call of the operator, and not of the tenant", async () => {
    const { apply, tenant, operator, small, server, backend, machine } = suite();
    const { outputs } = await apply();
    const moved = { ...small, pool: "bank", vmid: outputs["vmid"] };
    const before = await backend.snapshot();
    const refused = await tenant.update("vm", small, { ...small, pool: "bank" });
    expect(refused.error).toContain("/pool/bank, Pool.Allocate");
    expect(refused.error).toContain("[proxmox.permission.denied]");
    expect(await backend.snapshot()).toEqual(before);
    const log = await server.log();
    expect((await operator.create("vm", moved)).outcome).toBe("updated");
    const writes = (await server.log()).slice(log.length).match(/ (POST|PUT|DELETE) [^ ]*/g);
    expect(writes).toEqual([" PUT /pools"]);
    expect((await machine()).pool).toBe("bank");
    const settled = await backend.writes();
    expect((await operator.create("vm", moved)).outcome).toBe("unchanged");
    expect(await backend.writes()).toEqual(settled);
    expect((await operator.update("vm", { ...small, pool: "bank" }, small)).outcome).toBe("updated");
    expect((await machine()).pool).toBe("shop");
  });

  test("a VM that moved to another node is found there", async () => {
    const { apply, server, machine } = suite();
    const { outputs } = await apply();
    const other = server.nodes[1] ?? "";
    await server.fault({ fault: "move", vmid: Number(outputs["vmid"]), node: other });
    const found = await apply({ memoryMib: 2048 });
    expect(found.outcome).toBe("updated");
    expect(found.outputs).toMatchObject({ vmid: outputs["vmid"], node: other });
    expect((await machine()).node).toBe(other);
  });

  test("a VM that was deleted by hand is created again under its id", async () => {
    const { apply, server, machine } = suite();
    const { outputs } = await apply();
    const { node, vmid } = await machine();
    await perform(server, "DELETE", `/nodes/${node}/qemu/${vmid}`);
    const again = await apply();
    expect(again.outcome).toBe("created");
    expect(again.outputs).toEqual(outputs);
  });

  test("locks of others and timeouts are waited for, and a write of others in between is met by another look", async () => {
    const { apply, server, machine } = suite();
    await apply();
    const { vmid, node } = await machine();
    await server.fault({ fault: "lockTimeout", vmid, times: 2 });
    expect((await apply({ memoryMib: 2048 })).outcome).toBe("updated");
    await server.fault({ fault: "lock", vmid, lock: "backup" });
    setTimeout(() => void server.fault({ fault: "lock", vmid, lock: null }), 1500);
    expect((await apply({ memoryMib: 4096 })).outcome).toBe("updated");
    const path = `/nodes/${node}/qemu/${vmid}/config`;
    await server.fault({ fault: "delay", method: "PUT", path: `${path}$`, when: "instead", milliseconds: 3000 });
    const ours = apply({ memoryMib: 512 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await server.call("PUT", path, { numa: 1 });
    expect((await ours).outcome).toBe("updated");
    expect((await machine()).config).toMatchObject({ memory: "512", numa: 1 });
  });

  test("a lost answer to a write is met by another look", async () => {
    const { apply, server, machine } = suite();
    await apply();
    const { vmid } = await machine();
    for (const when of ["instead", "afterwards"] as const) {
      await server.fault({
        fault: "answer",
        method: "PUT",
        path: `/${vmid}/config$`,
        when,
        status: 596,
        reason: "lost",
      });
      const { error } = await apply({ memoryMib: when === "instead" ? 2048 : 4096 });
      expect(error).toBeUndefined();
    }
    expect((await machine()).config["memory"]).toBe("4096");
  });

  test("an adopted VM that runs keeps running, gets our mark only, and is retained by default", async () => {
    const { tenant, small, server, machine } = suite();
    const path = `/nodes/${server.nodes[0]}/qemu`;
    await perform(server, "POST", path, {
      vmid: 5003,
      name: "old",
      pool: "shop",
      description: "By hand",
      cores: 2,
      memory: "2048",
      onboot: 1,
      efidisk0: `${server.storage}:0,efitype=4m,pre-enrolled-keys=1`,
      virtio0: `${server.storage}:3,aio=native,cache=writeback`,
      net0: `virtio=BC:24:11:00:00:09,bridge=${server.bridge},queues=2`,
    });
    await perform(server, "POST", `${path}/5003/status/start`);
    const { config: before } = await machine();
    const inputs = {
      ...small,
      vmid: 5003,
      hostname: "old",
      cpu: { cores: 2 },
      memoryMib: 2048,
      disks: { virtio0: disk(3, { cache: "writeback", discard: false }) },
      nics: { net0: { bridge: server.bridge } },
      agent: false,
      serial: false,
      power: "running",
      adopt: true,
    };
    expect((await tenant.plan("vm", inputs)).body).toMatchObject({ action: "adopt", differences: [] });
    const log = await server.log();
    expect((await tenant.create("vm", { ...inputs, rebootPolicy: "ifNeeded" })).outcome).toBe("adopted");
    expect((await server.log()).slice(log.length).match(/ (POST|PUT|DELETE) /g)).toHaveLength(1);
    const { config, power } = await machine();
    expect(power).toBe("running");
    expect(config["tags"]).toMatch(/^nixops4\.[0-9a-f]{16}$/);
    expect({ ...config, description: "By hand" }).toEqual({ ...before, description: "By hand", tags: config["tags"] });
    expect((await tenant.create("vm", inputs)).outcome).toBe("unchanged");
    const changed = {
      ...inputs,
      disks: { virtio0: disk(4, { cache: "writeback" }) },
      nics: { net0: { bridge: server.bridge, vlan: 9 } },
    };
    expect((await tenant.create("vm", changed)).error).toBeUndefined();
    const after = (await machine()).config;
    expect(after["virtio0"]).toContain("aio=native");
    expect(after["net0"]).toContain("queues=2");
    expect((await tenant.destroy("vm", inputs)).outcome).toBe("retained");
    const { description, tags } = (await machine()).config;
    expect([description, tags]).toEqual(["By hand", undefined]);
  });

  test("an adopted VM is found by its tag after it was renamed by hand, also by the next owner", async () => {
    const { tenant, small, server, apply, machine } = suite();
    await apply({ hostname: "old" });
    const { vmid, config } = await machine();
    await tenant.create("vm", { ...small, vmid, hostname: "old", managedBy: "bank", adoptFrom: "shop" });
    expect((await machine()).config["tags"]).toMatch(/^nixops4\.[0-9a-f]{16}$/);
    expect((await machine()).config["tags"]).not.toBe(config["tags"]);
    await server.call("PUT", `/nodes/${server.nodes[0]}/qemu/${vmid}/config`, { name: "renamed" });
    const found = await tenant.create("vm", { ...small, hostname: "old", managedBy: "bank" });
    expect([found.outcome, found.outputs["vmid"]]).toEqual(["updated", vmid]);
  });
});
