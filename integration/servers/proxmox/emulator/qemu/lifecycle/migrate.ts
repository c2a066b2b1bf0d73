import { drivesOf } from "../disks/volume-access.ts";
import { volumeOf } from "../disks/unused.ts";
import { isPlainCd } from "../values/drive.ts";
import type { Guest } from "../guest.ts";
import { checkLock } from "../locks.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import type { Call } from "../../http/route.ts";
import { failure, invalid, notEmulated } from "../../refusal.ts";

/** Source: PVE/API2/Qemu/Migration.pm; not observed */
export function migrationOptions(datacenter: Datacenter, guest: Guest): unknown {
  const others = datacenter.nodes.filter(({ name, isDown }) => name !== guest.node && !isDown).map(({ name }) => name);
  const disks = localDisks(datacenter, guest);
  return {
    running: guest.running === undefined ? 0 : 1,
    allowed_nodes: others,
    local_disks: disks.map(({ volid, size }) => ({ volid, size, cdrom: 0 })),
    local_resources: [],
    "mapped-resources": [],
  };
}

/** Disks that are on this node only. */
function localDisks(datacenter: Datacenter, guest: Guest): { volid: string; size: number }[] {
  return drivesOf(guest.config.current)
    .filter(([, drive]) => !isPlainCd(drive))
    .flatMap(([, { file }]) => {
      const found = volumeOf(datacenter, guest.node, file);
      return found === undefined || found.storage.settings.isShared ? [] : [{ volid: file, size: found.volume.size }];
    });
}

export function migrate(datacenter: Datacenter, { caller, parameters }: Call): string {
  const node = parameters.required("node");
  const target = parameters.required("target");
  if (target === node) throw invalid({ target: "target is local node." });
  if (parameters.has("targetstorage")) throw notEmulated("a migration to another storage");
  const { isDown } = datacenter.node(target);
  if (isDown) throw failure(`node '${target}' not online`);
  const guest = datacenter.guest(node, Number(parameters.required("vmid")));
  checkLock(guest);
  if (guest.running !== undefined && !parameters.flag("online")) {
    throw failure("can't migrate running VM without --online");
  }
  return datacenter.tasks.start({ node, caller }, "qmigrate", String(guest.vmid), async (task) => {
    if (localDisks(datacenter, guest).length > 0 && !parameters.flag("with-local-disks")) {
      throw failure(
        "migration aborted (duration 00:00:00): Problem found while scanning volumes - can't migrate local disk without --with-local-disks",
      );
    }
    guest.config.current.set("lock", "migrate");
    await task.pause();
    guest.config.current.delete("lock");
    moveGuest(datacenter, guest, target);
  });
}

/** The VM and its local volumes are on another node from now on. */
export function moveGuest(datacenter: Datacenter, guest: Guest, target: string): void {
  if (datacenter.hardware !== undefined) throw notEmulated("a machine that moves");
  for (const storage of datacenter.storages.all) storage.moveImages(guest.vmid, target);
  guest.node = target;
}
