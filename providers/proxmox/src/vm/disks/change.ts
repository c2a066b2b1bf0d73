import { isEqualJson } from "@nixops4-resources/protocol-core";
import { failure } from "../../api/failure.ts";
import type { Build } from "../config/write.ts";
import type { Want } from "../inputs.ts";
import { changedDisk, disksIn, emptyDisk, seenDisk } from "./drive.ts";

/** New disks, and other options of present ones. The volume of a slot is always sent: without it, Proxmox makes an empty disk. */
export const addedAndChanged =
  ({ disks }: Want): Build =>
  (config) => {
    const drives = disksIn(config);
    const parameters: Record<string, string> = {};
    for (const [slot, disk] of Object.entries(disks)) {
      const drive = drives.get(slot);
      if (drive === undefined) {
        if (config.get(slot) !== undefined) throw slotInUse(slot, config.get(slot) ?? "");
        parameters[slot] = emptyDisk(disk);
      } else {
        const seen = seenDisk(drive, disk);
        const { storage, sizeGib } = seen;
        // A pending change that was written before a growth has the old size; a rewrite corrects it.
        const isOutdated = sizeGib < disk.sizeGib || !isEqualJson({ ...disk, storage, sizeGib }, seen);
        if (isOutdated) parameters[slot] = changedDisk(drive, disk);
      }
    }
    return Object.keys(parameters).length > 0 ? parameters : undefined;
  };

/** Disks that are no longer declared. With `force`, Proxmox deletes the volume at once. */
export const removed =
  ({ disks, onRemoveDisk }: Want): Build =>
  (config) => {
    const slots = [...disksIn(config).keys()].filter((slot) => disks[slot] === undefined);
    if (slots.length === 0) return undefined;
    return { delete: slots.join(","), ...(onRemoveDisk === "destroy" && { force: 1 }) };
  };

export const slotInUse = (slot: string, present: string): Error =>
  failure(
    `the slot ${slot} has ${present}, which is no disk`,
    "proxmox.request.rejected",
    `Declare the disk in another slot than ${slot}, or remove that drive`,
  );
