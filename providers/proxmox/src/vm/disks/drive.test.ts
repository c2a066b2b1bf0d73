import { expect, test } from "vitest";
import { GuestConfig } from "../config/guest-config.ts";
import {
  bytesOf,
  changedDisk,
  cloudInitDriveIn,
  disksIn,
  emptyDisk,
  importedDisk,
  seenDisk,
  unusedIn,
} from "./drive.ts";

const disk = {
  storage: "local",
  sizeGib: 4,
  discard: true,
  ssd: false,
  iothread: false,
  cache: "none",
  backup: true,
  movedFrom: null,
} as const;

const config = new GuestConfig({
  virtio0: "local:100/vm-100-disk-0.qcow2,aio=native,cache=writeback,discard=on,size=1536M",
  scsi1: "zfs:vm-100-disk-1,backup=0,size=4G,ssd=1",
  ide2: "local:100/vm-100-cloudinit.qcow2,media=cdrom,size=4M",
  ide3: "none,media=cdrom",
  efidisk0: "local:100/vm-100-disk-2.raw,size=528K",
  scsihw: "virtio-scsi-single",
  unused0: "local:100/vm-100-disk-9.raw",
});

test("disks are drives that are no CD-ROM; EFI disks and cloud-init's drive are not", () => {
  const disks = disksIn(config);
  expect([...disks.keys()]).toEqual(["virtio0", "scsi1"]);
  expect([...disks.values()].map((drive) => seenDisk(drive, undefined))).toEqual([
    { ...disk, sizeGib: 1.5, cache: "writeback" },
    { ...disk, storage: "zfs", discard: false, ssd: true, backup: false },
  ]);
  expect(cloudInitDriveIn(config)?.slot).toBe("ide2");
  expect(cloudInitDriveIn(new GuestConfig({ ide2: "zfs:vm-100-cloudinit,media=cdrom" }))?.slot).toBe("ide2");
  expect([...unusedIn(config)]).toEqual([["unused0", "local:100/vm-100-disk-9.raw"]]);
});

test("a change keeps the volume, and options that the inputs do not have", () => {
  const [present] = disksIn(config).values();
  if (present === undefined) throw new Error("There is no disk.");
  expect(changedDisk(present, { ...disk, discard: false })).toBe("local:100/vm-100-disk-0.qcow2,aio=native");
  expect(bytesOf(present)).toBe(1536 * 1024 ** 2);
});

test("a new disk is empty, or has the contents of an image", () => {
  expect(emptyDisk({ ...disk, iothread: true })).toBe("local:4,discard=on,iothread=1");
  expect(importedDisk(disk, "local:import/a.qcow2")).toBe("local:0,import-from=local:import/a.qcow2,discard=on");
});
