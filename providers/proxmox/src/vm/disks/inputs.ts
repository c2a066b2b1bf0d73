import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { storageId } from "../../image/inputs.ts";

/** Places of disks. Source: PVE::QemuServer::Drive of qemu-server. */
export const slot = z.string().check(z.regex(/^(scsi([12]?[0-9]|30)|virtio([0-9]|1[0-5])|sata[0-5]|ide[0-3])$/));

const disk = z.strictObject({
  storage: option(storageId, "Storage of the disk. A change moves the disk with its data, also while the VM runs."),
  sizeGib: option(
    z.int().check(z.minimum(1), z.maximum(1_048_576)),
    "Size in GiB. A disk only grows: a smaller size than the present one, or than the image's, is rejected before anything is written.",
  ),
  discard: option(
    z.boolean(),
    "Whether blocks that the guest discards are freed in the storage. A change takes effect at the next start.",
    true,
  ),
  ssd: option(
    z.boolean(),
    "Whether the guest sees an SSD. Not with virtio. A change takes effect at the next start.",
    false,
  ),
  iothread: option(
    z.boolean(),
    "Whether the disk gets a thread of its own; for virtio and scsi. A change takes effect at the next start.",
    false,
  ),
  cache: option(
    z.enum(["none", "directsync", "writethrough", "writeback", "unsafe"]),
    "Cache of the host. A change takes effect at the next start.",
    "none",
  ),
  backup: option(z.boolean(), "Whether backups contain the disk.", true),
  movedFrom: option(
    z.nullable(slot),
    "Slot from which an existing disk moves to this one, with its data, while the VM is off. It counts as long as that slot has a disk and this one has none. Null makes a new empty disk in a free slot.",
    null,
  ),
});

export type DiskInputs = z.output<typeof disk>;

const hasOption = (name: "ssd" | "iothread", form: RegExp) =>
  z.refine<Record<string, DiskInputs>>(
    (disks) => Object.entries(disks).every(([at, one]) => !one[name] || form.test(at)),
    `disks that have \`${name}\` only in slots of the form ${form.source}`,
  );

/** Otherwise the order of moves would matter, or a repeated request would move a disk back. */
const movesOnce = z.refine<Record<string, DiskInputs>>((disks) => {
  const left = Object.values(disks).flatMap(({ movedFrom }) => movedFrom ?? []);
  return left.every((from) => !(from in disks)) && new Set(left).size === left.length;
}, "disks whose `movedFrom` names slots that are not in `disks`, each of them once");

export const disks = option(
  z.record(slot, disk).check(hasOption("ssd", /^(scsi|sata|ide)/), hasOption("iothread", /^(scsi|virtio)/), movesOnce),
  "Disks by slot: `virtio0` to `virtio15`, `scsi0` to `scsi30`, `sata0` to `sata5`, `ide0` to `ide3`. Disks of other slots are removed, as `onRemoveDisk` says; CD-ROM, EFI and TPM drives are not.",
  {},
);

export const onRemoveDisk = option(
  z.enum(["detach", "destroy"]),
  "What happens to a disk whose slot is no longer in `disks`: `detach` keeps the volume as an unused disk of the VM, `destroy` deletes it with its data.",
  "detach",
);

export const unusedDisks = option(
  z.enum(["refuse", "destroy"]),
  "What a destroy does if the VM has unused disks: `refuse` rejects the destroy and names them, `destroy` deletes them with the VM.",
  "refuse",
);
