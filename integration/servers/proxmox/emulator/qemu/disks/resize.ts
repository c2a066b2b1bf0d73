import { parseSize } from "./sizes.ts";
import { ownVolume } from "./unused.ts";
import { isCd, parseDrive, printDrive, withVolume } from "../values/drive.ts";
import { checkLock } from "../locks.ts";
import { isRoot } from "../../access/caller.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import type { Call } from "../../http/route.ts";
import { failure, invalid, notEmulated } from "../../refusal.ts";

/** A task although it is a PUT. Source: PVE/API2/Qemu.pm: resize_vm */
export function resizeDisk(datacenter: Datacenter, { caller, parameters }: Call): string {
  const node = parameters.required("node");
  const vmid = Number(parameters.required("vmid"));
  const [key, size, digest] = [parameters.required("disk"), parameters.required("size"), parameters.text("digest")];
  if (parameters.flag("skiplock") && !isRoot(caller)) throw invalid({ skiplock: "Only root may use this option." });
  datacenter.guest(node, vmid);
  return datacenter.tasks.start({ node, caller }, "resize", String(vmid), (task) =>
    datacenter.locks.hold(vmid, 10, async () => {
      const guest = datacenter.guest(node, vmid);
      const { current, digest: present } = guest.config;
      if (digest !== undefined && digest !== present) throw failure("checksum mismatch (file change by other user?)");
      checkLock(guest);
      const text = current.get(key);
      if (text === undefined) throw failure(`disk '${key}' does not exist`);
      const drive = parseDrive(key, text);
      if (isCd(drive)) throw failure("you can't resize a cdrom");
      const own = ownVolume(datacenter, guest, drive.file);
      if (own === undefined) throw failure(`disk '${key}' has no associated volume`);
      const { storage, volume } = own;
      datacenter.access.permissions.require(caller, `/storage/${storage.name}`, "Datastore.AllocateSpace");
      const bytes = size.startsWith("+") ? volume.size + parseSize(size.slice(1)) : parseSize(size);
      if (bytes < volume.size) throw failure("shrinking disks is not supported");
      if (guest.running?.machine !== undefined) throw notEmulated("a disk that grows while a machine runs");
      await task.pause();
      volume.size = bytes;
      current.set(key, printDrive(withVolume(drive, drive.file, bytes)));
    }),
  );
}
