// What the start of a VM warns of in the log of its task.
import { drivesOf } from "../disks/volume-access.ts";
import type { Guest } from "../guest.ts";
import type { Task } from "../../tasks/task.ts";

/** Reference: section 4 */
export function warnOfIothread({ config }: Guest, task: Task): void {
  const isUseless = drivesOf(config.current).some(
    ([key, { options }]) =>
      options.get("iothread") === "1" &&
      key.startsWith("scsi") &&
      config.current.get("scsihw") !== "virtio-scsi-single",
  );
  if (isUseless) {
    task.warn("iothread is only valid with virtio disk or virtio-scsi-single controller, ignoring");
  }
}

/** Source: PVE/QemuServer/OVMF.pm */
export function warnOfEfi({ config: { current } }: Guest, task: Task): void {
  if (current.get("bios") === "ovmf" && !current.has("efidisk0")) {
    task.warn("no efidisk configured! Using temporary efivars disk.");
  }
}
