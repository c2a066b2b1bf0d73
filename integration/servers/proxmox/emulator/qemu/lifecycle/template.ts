import { isCd, printDrive } from "../values/drive.ts";
import { drivesOf } from "../disks/volume-access.ts";
import { ownVolume } from "../disks/unused.ts";
import type { Guest } from "../guest.ts";
import { checkLock } from "../locks.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import type { Call } from "../../http/route.ts";
import { failure, notEmulated } from "../../refusal.ts";

/** Source: PVE/API2/Qemu.pm: template */
export function makeTemplate(datacenter: Datacenter, { caller, parameters }: Call): string {
  const node = parameters.required("node");
  const guest = datacenter.guest(node, Number(parameters.required("vmid")));
  if (parameters.has("disk")) throw notEmulated("a template of one disk");
  check(guest);
  return datacenter.tasks.start({ node, caller }, "qmtemplate", String(guest.vmid), (task) =>
    datacenter.locks.hold(guest.vmid, 10, async () => {
      check(guest);
      await task.pause();
      guest.config.current.set("template", "1");
      for (const [key, drive] of drivesOf(guest.config.current)) {
        if (isCd(drive)) continue;
        const file = makeBase(datacenter, guest, drive.file);
        guest.config.current.set(key, printDrive({ ...drive, file }));
      }
    }),
  );
}

function check(guest: Guest): void {
  const { vmid, config, running } = guest;
  if (config.snapshots.size > 0) throw failure("unable to create template, because VM contains snapshots");
  checkLock(guest);
  if (guest.isTemplate) throw failure(`you can't convert a template to a template`);
  if (running !== undefined) throw failure(`you can't convert a VM to template if VM is running (${vmid})`);
}

/** The volume is renamed to base-ID-disk-N. */
function makeBase(datacenter: Datacenter, guest: Guest, file: string): string {
  const own = ownVolume(datacenter, guest, file);
  if (own === undefined) throw failure(`volume ${file} does not exist`);
  const { storage, volume } = own;
  storage.remove(volume);
  const key = volume.key.replace("/vm-", "/base-");
  return storage.volumeId(storage.add(guest.node, { ...volume, key }));
}
