import { expect, test } from "vitest";
import { GuestConfig } from "../config/guest-config.ts";
import type { Want } from "../inputs.ts";
import { movedSlots } from "./slots.ts";

const disk = { storage: "local", sizeGib: 4, discard: true, ssd: false, iothread: false, cache: "none", backup: true };
const want = (disks: object): Want => Object({ disks });
const volume = "local:100/vm-100-disk-0.qcow2";

test("a move detaches, attaches and corrects the boot order in one write", () => {
  const config = new GuestConfig({ virtio1: `${volume},aio=native,size=4G`, boot: "order=virtio1;net0" });
  const build = movedSlots(want({ scsi0: { ...disk, movedFrom: "virtio1" } }), config);
  expect(build(config)).toEqual({
    delete: "virtio1",
    scsi0: `${volume},aio=native,discard=on`,
    boot: "order=scsi0;net0",
    scsihw: "virtio-scsi-single",
  });
});

test("a removal that a killed task left pending is completed, with the volume of the old slot", () => {
  const running = new GuestConfig({ virtio1: `${volume},size=4G`, scsihw: "lsi" });
  const build = movedSlots(want({ scsi0: { ...disk, movedFrom: "virtio1" } }), running);
  expect(build(new GuestConfig({ scsihw: "lsi" }))).toEqual({ delete: "virtio1", scsi0: `${volume},discard=on` });
});

test("nothing moves to a slot that is in use, or from one that is empty", () => {
  const config = new GuestConfig({ virtio1: volume, scsi0: "local:100/vm-100-disk-1.qcow2" });
  const wanted = { scsi0: { ...disk, movedFrom: "virtio1" }, scsi1: { ...disk, movedFrom: "virtio2" } };
  expect(movedSlots(want(wanted), config)(config)).toBeUndefined();
});
