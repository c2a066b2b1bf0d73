import { expect, test } from "vitest";
import { describeMachines } from "../../testing/machine-suite.ts";
import { machinesOf, perform, volumesOf } from "../../testing/machines.ts";

describeMachines("power and destroy of a VM", (suite) => {
  test("with `power` unset it is created and left off, and never started or stopped", async () => {
    const { apply, server, machine } = suite();
    await apply();
    const { node, vmid, power } = await machine();
    expect(power).toBe("stopped");
    await perform(server, "POST", `/nodes/${node}/qemu/${vmid}/status/start`);
    expect((await apply({ description: "Words" })).outcome).toBe("updated");
    expect((await machine()).power).toBe("running");
  });

  test("a customer that is stopped stays off over a start of the node, and comes back as before", async () => {
    const { apply, machine } = suite();
    await apply({ power: "running" });
    expect((await machine()).config["onboot"]).toBe(1);
    expect((await apply({ power: "stopped" })).outcome).toBe("updated");
    const { power, config } = await machine();
    expect([power, config["onboot"]]).toEqual(["stopped", 0]);
    expect(config["virtio0"]).toBeDefined();
    expect((await apply({ power: "stopped" })).outcome).toBe("unchanged");
    expect((await apply({ power: "running" })).outcome).toBe("updated");
    const resumed = await machine();
    expect([resumed.power, resumed.config["onboot"]]).toEqual(["running", 1]);
  });

  test("a guest that ignores the shutdown is stopped after its time", async () => {
    const { apply, server, machine } = suite();
    await apply({ power: "running" });
    const { vmid } = await machine();
    await server.fault({ fault: "shutdown", vmid, guest: "hangs" });
    expect((await apply({ power: "stopped", shutdownSeconds: 1 })).outcome).toBe("updated");
    expect((await machine()).power).toBe("stopped");
  });

  test("a protected VM is not stopped, and destroyed once its protection is off", async () => {
    const { apply, destroy, machine, server } = suite();
    await apply({ power: "running", protection: true });
    const before = await machine();
    const { error } = await destroy();
    expect(error).toContain("[proxmox.vm.protected]");
    expect(error).toContain("protection = false");
    expect(await machine()).toEqual(before);
    await apply({ power: "running" });
    expect((await destroy()).outcome).toBe("deleted");
    expect(await machinesOf(server)).toEqual([]);
    expect(await volumesOf(server)).toEqual([]);
  });

  test("a lock of a backup is waited for before anything is stopped", async () => {
    const { apply, destroy, machine, server } = suite();
    await apply({ power: "running" });
    const { vmid } = await machine();
    await server.fault({ fault: "lock", vmid, lock: "backup" });
    const waited = await destroy({ timeoutSeconds: 2 });
    expect(waited.error).toContain("[protocol.timeout]");
    expect((await machine()).power).toBe("running");
    setTimeout(() => void server.fault({ fault: "lock", vmid, lock: null }), 500);
    expect((await destroy()).outcome).toBe("deleted");
  });

  test("unused disks are named, and destroyed only if the inputs say so", async () => {
    const { apply, destroy, server, machine } = suite();
    const disks = { virtio0: { storage: server.storage, sizeGib: 1 } };
    await apply({ disks: { ...disks, scsi0: { storage: server.storage, sizeGib: 1 } }, power: "running" });
    const { outputs } = await apply({ disks, power: "running" });
    const { error } = await destroy();
    expect(error).toContain("[proxmox.vm.unusedDisks]");
    expect(error).toContain(String(Object(outputs["unusedDisks"])[0]));
    expect((await machine()).power).toBe("running");
    expect((await destroy({ unusedDisks: "destroy" })).outcome).toBe("deleted");
    expect(await volumesOf(server)).toEqual([]);
  });

  test("volumes under the id that the VM did not use are named and left", async () => {
    const { apply, destroy, server, machine } = suite();
    await apply();
    const { vmid, node } = await machine();
    const filename = `vm-${vmid}-stray.qcow2`;
    await server.call("POST", `/nodes/${node}/storage/${server.storage}/content`, {
      vmid,
      filename,
      size: "1G",
      format: "qcow2",
    });
    const { outcome, said } = await destroy();
    expect(outcome).toBe("deleted");
    expect(said).toContain(
      `volumes of the id ${vmid} are left, which the VM did not use: ${server.storage}:${vmid}/${filename}`,
    );
    const volid = encodeURIComponent(`${server.storage}:${vmid}/${filename}`);
    await perform(server, "DELETE", `/nodes/${node}/storage/${server.storage}/content/${volid}`);
  });

  test("an HA resource in error state is named, and one that is stopped goes with the VM", async () => {
    const { apply, destroy, server, machine, call } = suite();
    await apply();
    const { vmid } = await machine();
    await call("POST", "/cluster/ha/resources", { sid: `vm:${vmid}`, state: "stopped" });
    expect((await destroy()).outcome).toBe("deleted");
    expect(await call("GET", "/cluster/ha/resources")).toEqual([]);
    expect(await machinesOf(server)).toEqual([]);
  });

  test("a destroy removes the VM from backup jobs", async () => {
    const { apply, destroy, server, machine, call } = suite();
    await apply();
    const { vmid } = await machine();
    await call("POST", "/cluster/backup", {
      id: "job",
      vmid: `${vmid},99999`,
      storage: server.storage,
      schedule: "sun 01:00",
      enabled: 0,
    });
    await destroy();
    expect(Object(await call("GET", "/cluster/backup/job")).vmid).toBe("99999");
    await call("DELETE", "/cluster/backup/job");
  });
});
