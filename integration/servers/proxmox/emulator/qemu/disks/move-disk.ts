import { copyDisk } from "./copy-disk.ts";
import { imageFormat, isKill } from "./create-disks.ts";
import { drivesOf } from "./volume-access.ts";
import { addUnused, ownVolume, type OwnVolume } from "./unused.ts";
import { isCd, parseDrive, printDrive, withVolume, type Drive } from "../values/drive.ts";
import type { Guest } from "../guest.ts";
import { checkLock } from "../locks.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import type { Parameters } from "../../http/parameters.ts";
import type { Call } from "../../http/route.ts";
import { failure, invalid, notEmulated, textOf } from "../../refusal.ts";
import type { Task } from "../../tasks/task.ts";

/** Source: PVE/API2/Qemu.pm: move_vm_disk */
export function moveDisk(datacenter: Datacenter, { caller, parameters }: Call): string {
  const node = parameters.required("node");
  const vmid = Number(parameters.required("vmid"));
  const guest = datacenter.guest(node, vmid);
  checkTarget(vmid, parameters);
  const target = parameters.required("storage");
  datacenter.access.permissions.require(caller, `/storage/${target}`, "Datastore.AllocateSpace");
  checkMove(datacenter, guest, parameters);
  return datacenter.tasks.start({ node, caller }, "qmmove", String(vmid), (task) =>
    datacenter.locks.hold(vmid, 10, () => move(datacenter, guest, parameters, task)),
  );
}

function checkTarget(vmid: number, parameters: Parameters): void {
  const other = parameters.integer("target-vmid");
  if (other === vmid) throw invalid({ "target-vmid": "must be different than source VMID to reassign disk" });
  if (other !== undefined) throw notEmulated("disks that move to another VM");
  if (!parameters.has("storage")) throw notEmulated("move_disk without storage");
}

interface Move {
  readonly drive: Drive;
  readonly own: OwnVolume;
}

function checkMove(datacenter: Datacenter, guest: Guest, parameters: Parameters): Move {
  const key = parameters.required("disk");
  const { current, digest } = guest.config;
  checkLock(guest);
  const expected = parameters.text("digest");
  if (expected !== undefined && expected !== digest) throw failure("checksum mismatch (file change by other user?)");
  const text = current.get(key);
  if (text === undefined) throw failure(`disk '${key}' does not exist`);
  const drive = parseDrive(key, text);
  if (isCd(drive)) throw failure("you can't move a cdrom");
  const own = ownVolume(datacenter, guest, drive.file);
  if (own === undefined) throw failure(`disk '${key}' has no associated volume`);
  const format = imageFormat(parameters.text("format"));
  const isSame =
    own.storage.name === parameters.required("storage") && (format ?? own.volume.format) === own.volume.format;
  if (isSame) throw failure("you can't move to the same storage with same format");
  const { settings, name } = datacenter.storages.storage(parameters.required("storage"));
  if (!settings.contents.has("images")) throw invalid({ storage: `storage '${name}' does not support vm images` });
  if (isInSnapshot(guest, drive) && parameters.flag("delete")) {
    throw failure("you can't move a disk with snapshots and delete the source");
  }
  return { drive, own };
}

const isInSnapshot = ({ config }: Guest, { file }: Drive): boolean =>
  [...config.snapshots.values()].some(({ values }) => drivesOf(values).some(([, drive]) => drive.file === file));

async function move(datacenter: Datacenter, guest: Guest, parameters: Parameters, task: Task): Promise<void> {
  const { drive, own } = checkMove(datacenter, guest, parameters);
  const storage = datacenter.storages.storage(parameters.required("storage"));
  const format = imageFormat(parameters.text("format")) ?? own.volume.format;
  const made: OwnVolume[] = [];
  const { node, vmid, config, running } = guest;
  const key = parameters.required("disk");
  task.log(
    `copying volume '${drive.file}' from current storage '${own.storage.name}' to target storage '${storage.name}'`,
  );
  try {
    if (running !== undefined && key === "tpmstate0") throw failure("cannot move TPM state while VM is running");
    const copy = { source: drive.file, image: own.volume, storage, format, node, vmid };
    const volume = await copyDisk(
      { datacenter, task },
      { ...copy, made: (to, added) => made.push({ storage: to, volume: added }) },
    );
    const moved = withVolume(drive, storage.volumeId(volume), volume.size);
    config.current.set(key, printDrive(moved));
  } catch (error) {
    if (isKill(error)) throw error;
    for (const { storage: to, volume } of made) to.remove(volume);
    throw failure(`storage migration failed: ${textOf(error)}`);
  }
  if (parameters.flag("delete")) own.storage.remove(own.volume);
  else addUnused(config, drive.file);
}
