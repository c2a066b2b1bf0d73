import type { Message } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { describeMachines } from "../../testing/machine-suite.ts";
import { imageOn, perform, volumesOf } from "../../testing/machines.ts";
import { vmRights } from "../../testing/rights.ts";

const text = z.string();

describeMachines("disks that move", (suite) => {
  const disk = (more: Message = {}): Message => ({ storage: suite().server.storage, sizeGib: 1, ...more });
  const elsewhere = (more: Message = {}): Message => disk({ storage: suite().server.otherStorage, ...more });
  const configOf = async () => (await suite().machine()).config;
  const volumeIn = async (slot: string): Promise<string> => text.parse((await configOf())[slot]).split(",")[0] ?? "";

  /** A tenant that may use the other storage, too. */
  async function mover() {
    const { as, server, small } = suite();
    const privileges = ["Datastore.AllocateSpace", "Datastore.Audit"];
    const other = { path: `/storage/${server.otherStorage}`, privileges };
    const deployment = await as("mover", [...vmRights("shop", server.storage, server.bridge), other]);
    return (inputs: Message) => deployment.create("vm", { ...small, ...inputs });
  }

  test("a disk moves to another storage while the VM runs, with its data, and grows afterwards", async () => {
    const { apply, server, backend } = suite();
    await apply({ power: "running" });
    const before = await backend.snapshot();
    const denied = await apply({ power: "running", disks: { virtio0: elsewhere() } });
    expect(denied.error).toContain(`Datastore.AllocateSpace on the path /storage/${server.otherStorage}`);
    expect(await backend.snapshot()).toEqual(before);
    const move = await mover();
    const inputs = { power: "running", disks: { virtio0: elsewhere({ sizeGib: 2, cache: "writeback" }) } };
    const { outcome, said, outputs } = await move(inputs);
    expect(outcome).toBe("updated");
    expect(said).toContain(`moves from the storage ${server.storage} to ${server.otherStorage}, with its data`);
    expect(outputs).toMatchObject({ rebootRequired: ["virtio0"], unusedDisks: [] });
    expect((await configOf())["virtio0"]).toMatch(new RegExp(`^${server.otherStorage}:.*size=2G`));
    expect(await volumesOf(server)).toHaveLength(1);
    expect((await move(inputs)).outcome).toBe("unchanged");
  });

  test("a move that was killed goes on at the server, is waited for, and is not repeated", async () => {
    const { apply, server } = suite();
    await apply();
    const move = await mover();
    const log = await server.log();
    await server.fault({ fault: "slowTask", type: "qmmove", milliseconds: 6000 });
    const inputs = { disks: { virtio0: elsewhere() } };
    expect((await move({ ...inputs, timeoutSeconds: 3 })).error).toContain("protocol.timeout");
    expect((await move(inputs)).error).toBeUndefined();
    expect(await volumeIn("virtio0")).toMatch(new RegExp(`^${server.otherStorage}:`));
    expect(await volumesOf(server)).toHaveLength(1);
    expect((await server.log()).slice(log.length).match(/POST [^ ]*\/move_disk /g)).toHaveLength(1);
  });

  test("a task that was killed leaves the disk where it is, and a volume that is named", async () => {
    const { apply, server } = suite();
    await apply();
    const move = await mover();
    const before = await volumeIn("virtio0");
    await server.fault({ fault: "killTask", type: "qmmove" });
    const inputs = { disks: { virtio0: elsewhere() } };
    const { error, said } = await move(inputs);
    expect(error).toContain("[proxmox.task.failed]");
    expect(said).toContain(`that its configuration does not name: ${server.otherStorage}:`);
    expect(await volumeIn("virtio0")).toBe(before);
    expect((await move(inputs)).outcome).toBe("updated");
    expect(await volumeIn("virtio0")).toMatch(new RegExp(`^${server.otherStorage}:`));
  });

  test("a disk with snapshots, or with a change that waits for the next start, stays where it is", async () => {
    const { operator, imaged, machine, server } = suite();
    const apply = (virtio0: Message) => operator.create("vm", { ...imaged, power: "running", disks: { virtio0 } });
    expect((await apply(disk({ sizeGib: 2 }))).error).toBeUndefined();
    await apply(disk({ sizeGib: 2, cache: "writeback" }));
    const before = await volumeIn("virtio0");
    const waiting = await apply(elsewhere({ sizeGib: 2, cache: "writeback" }));
    expect(waiting.error).toContain("[proxmox.disk.moves]");
    expect(waiting.error).toContain("has a change that waits for the next start");
    const { node, vmid } = await machine();
    await perform(server, "POST", `/nodes/${node}/qemu/${vmid}/status/reboot`);
    await perform(server, "POST", `/nodes/${node}/qemu/${vmid}/snapshot`, { snapname: "before" });
    const kept = await apply(elsewhere({ sizeGib: 2, cache: "writeback" }));
    expect(kept.error).toContain("[proxmox.disk.moves]");
    expect(kept.error).toContain("it has snapshots");
    expect(await volumeIn("virtio0")).toBe(before);
  });

  test("the boot disk moves to another slot while the VM is off, in one write, and the VM boots from it", async () => {
    const { apply, imaged, server, backend } = suite();
    expect((await apply({ ...imaged, power: "running" })).error).toBeUndefined();
    const volume = await volumeIn("virtio0");
    const moved = {
      ...imaged,
      source: { image: { volume: imageOn(server), slot: "scsi0" } },
      disks: { scsi0: disk({ sizeGib: 2, movedFrom: "virtio0" }) },
    };
    const before = await backend.snapshot();
    const refused = await apply({ ...moved, power: "running" });
    expect(refused.error).toContain("[proxmox.disk.moves]");
    expect(refused.error).toContain("the disk virtio0 to the slot scsi0 moves only while it is off");
    expect((await apply(moved)).error).toContain('Set `power = "stopped"`');
    expect(await backend.snapshot()).toEqual(before);
    const { outcome, outputs } = await apply({ ...moved, power: "stopped" });
    expect([outcome, outputs["unusedDisks"]]).toEqual(["updated", []]);
    expect(await volumeIn("scsi0")).toBe(volume);
    expect(await configOf()).toMatchObject({ boot: "order=scsi0", scsihw: "virtio-scsi-single" });
    expect((await configOf())["virtio0"]).toBeUndefined();
    expect(await volumesOf(server)).toHaveLength(1);
    expect((await apply({ ...moved, power: "running" })).error).toBeUndefined();
    const settled = { ...moved, disks: { scsi0: disk({ sizeGib: 2 }) }, power: "running" };
    expect((await apply(settled)).outcome).toBe("unchanged");
  });

  test("a lost answer to the change of slots is met by another look", async () => {
    for (const when of ["instead", "afterwards"] as const) {
      const { apply, server, machine, backend } = suite();
      await backend.reset();
      await apply();
      const [volume, { vmid }] = [await volumeIn("virtio0"), await machine()];
      await server.fault({ fault: "answer", method: "POST", path: `.*/${vmid}/config`, when, status: 596 });
      expect((await apply({ disks: { scsi3: disk({ movedFrom: "virtio0" }) } })).error).toBeUndefined();
      expect(await volumeIn("scsi3")).toBe(volume);
      expect(await volumesOf(server)).toHaveLength(1);
    }
  });

  test("a disk of another slot without `movedFrom` is new, and the warning names the input", async () => {
    const { apply, tenant, small, server } = suite();
    await apply();
    const volume = await volumeIn("virtio0");
    const inputs = { disks: { scsi1: disk() } };
    expect((await tenant.plan("vm", { ...small, ...inputs })).said).toContain('disks.scsi1.movedFrom = \\"virtio0\\"');
    const { outputs } = await apply(inputs);
    expect(outputs["unusedDisks"]).toEqual([volume]);
    expect(await volumesOf(server)).toHaveLength(2);
  });

  test("a disk that is nowhere, or a slot that has one already, is an error before any write", async () => {
    const { apply, backend } = suite();
    await apply({ disks: { virtio0: disk(), virtio1: disk() } });
    const before = await backend.snapshot();
    const nowhere = await apply({
      memoryMib: 512,
      disks: { virtio0: disk(), virtio1: disk(), scsi1: disk({ movedFrom: "scsi2" }) },
    });
    expect(nowhere.error).toContain("the disk scsi1 shall come from scsi2, and neither slot has a disk");
    const taken = await apply({ memoryMib: 512, disks: { virtio1: disk({ movedFrom: "virtio0" }) } });
    expect(taken.error).toContain("virtio1 and virtio0 both have a disk");
    const back = { virtio0: disk(), scsi0: disk({ movedFrom: "virtio0" }) };
    expect((await apply({ disks: back })).error).toContain("[protocol.inputs.invalid]");
    expect(await backend.snapshot()).toEqual(before);
  });

  test("a disk whose removal waits for the next start comes back with its volume", async () => {
    const { apply, server } = suite();
    const both = { power: "running", disks: { virtio0: disk(), sata1: disk() } };
    await apply(both);
    const volume = await volumeIn("sata1");
    const removed = await apply({ power: "running", disks: { virtio0: disk() } });
    expect(removed.outputs["rebootRequired"]).toEqual(["sata1"]);
    const back = await apply(both);
    expect(back.outputs).toMatchObject({ rebootRequired: [], unusedDisks: [] });
    expect(await volumeIn("sata1")).toBe(volume);
    expect(await volumesOf(server)).toHaveLength(2);
  });
});
