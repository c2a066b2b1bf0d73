import { drivesOf } from "../disks/volume-access.ts";
import { isPlainCd } from "../values/drive.ts";
import { ownVolume, unusedVolumes, volumeOf } from "../disks/unused.ts";
import type { Guest } from "../guest.ts";
import { checkLock, checkProtection } from "../locks.ts";
import { isRoot } from "../../access/caller.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import type { Call } from "../../http/route.ts";
import { failure, invalid } from "../../refusal.ts";
import type { Task } from "../../tasks/task.ts";

interface Options {
  readonly purge: boolean;
  readonly destroysUnreferenced: boolean;
}

/** Source: PVE/API2/Qemu.pm: destroy_vm */
export function destroyGuest(datacenter: Datacenter, { caller, parameters }: Call): string {
  const node = parameters.required("node");
  const vmid = Number(parameters.required("vmid"));
  if (parameters.flag("skiplock") && !isRoot(caller)) throw invalid({ skiplock: "Only root may use this option." });
  const options = {
    purge: parameters.flag("purge"),
    destroysUnreferenced: parameters.flag("destroy-unreferenced-disks"),
  };
  checkFirst(datacenter, datacenter.guest(node, vmid), options);
  return datacenter.tasks.start({ node, caller }, "qmdestroy", String(vmid), (task) =>
    datacenter.locks.hold(vmid, 10, async () => {
      const guest = datacenter.guest(node, vmid);
      checkFirst(datacenter, guest, options);
      checkLock(guest);
      await task.pause();
      destroy(datacenter, guest, options, task);
    }),
  );
}

function checkFirst(datacenter: Datacenter, guest: Guest, { purge }: Options): void {
  checkProtection(guest, `can't remove VM ${guest.vmid}`);
  if (!purge && datacenter.ha.isManaged(guest.vmid)) {
    throw failure(`unable to remove VM ${guest.vmid} - used in HA resources and purge parameter not set.`);
  }
  if (guest.running !== undefined) throw failure(`VM ${guest.vmid} is running - destroy failed`);
}

/** Removes what the configuration names; other volumes of the id stay. Reference: section 13, destroy */
function destroy(datacenter: Datacenter, guest: Guest, options: Options, task: Task): void {
  const { vmid, node, config } = guest;
  if (guest.isTemplate) checkNoClones(datacenter, guest);
  const sections = [config.current, config.pending, ...[...config.snapshots.values()].map(({ values }) => values)];
  const named = [...sections.flatMap(drivesOf), ...unusedVolumes(config)].filter(([, drive]) => !isPlainCd(drive));
  for (const [, { file }] of named) {
    const own = ownVolume(datacenter, guest, file);
    own?.storage.remove(own.volume);
  }
  if (options.destroysUnreferenced) {
    for (const storage of datacenter.storages.all) {
      for (const volume of storage.volumesOn(node)) {
        if (volume.owner === vmid && volume.content === "images") storage.remove(volume);
      }
    }
  }
  datacenter.access.removeVm(vmid);
  datacenter.firewalls.delete(vmid);
  if (options.purge) purgeReferences(datacenter, vmid, task);
  datacenter.guests.delete(vmid);
}

function checkNoClones(datacenter: Datacenter, { node, config }: Guest): void {
  for (const [, { file }] of [...drivesOf(config.current), ...unusedVolumes(config)]) {
    const base = volumeOf(datacenter, node, file);
    const isUsed = base?.storage.volumesOn(node).some((volume) => volume.base === base.volume.key) === true;
    if (isUsed) throw failure(`base volume '${file}' is still in use by linked cloned`);
  }
}

function purgeReferences(datacenter: Datacenter, vmid: number, task: Task): void {
  task.log(`purging VM ${vmid} from related configurations..`);
  datacenter.backupJobs.removeVm(vmid);
  if (!datacenter.ha.isManaged(vmid)) return;
  datacenter.ha.resources.delete(vmid);
  task.log(`NOTE: removed VM ${vmid} from HA resource configuration.`);
}
