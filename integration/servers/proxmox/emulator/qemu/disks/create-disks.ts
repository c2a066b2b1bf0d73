import { copyDisk } from "./copy-disk.ts";
import { drivesOf, checkVolumeAccess } from "./volume-access.ts";
import type { Scope } from "../config/key-permissions.ts";
import { isCloudInit, newDisk, printDrive, withOptions, withVolume, type Drive } from "../values/drive.ts";
import type { Guest } from "../guest.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import { failure } from "../../refusal.ts";
import { emptyFileSize, type Volume, type Storage } from "../../storage/storage.ts";
import { splitVolumeId, type Format } from "../../storage/volume-names.ts";
import { Killed, type Task } from "../../tasks/task.ts";

const gibibyte = 1024 ** 3;

/** Sizes that do not depend on what was asked. Reference: section 13, disks */
const efiSize = 528 * 1024;
const tpmSize = 4 * 1024 ** 2;
const cloudInitSize = 4 * 1024 ** 2;

/** What makes disks: the VM, who asks, and where the progress is logged. */
export interface DiskWork {
  readonly datacenter: Datacenter;
  readonly scope: Scope;
  readonly guest: Guest;
  readonly defaultStorage?: string | undefined;
  readonly task: Pick<Task, "log" | "pause">;
}

/** The volumes that were made, and the drives with them. */
export interface CreatedDisks {
  readonly volumes: readonly { readonly storage: Storage; readonly volume: Volume }[];
  readonly values: ReadonlyMap<string, string>;
}

/** Makes the volumes of new drives and checks those of existing ones. Source: PVE/API2/Qemu.pm: create_disks */
export async function createDisks(work: DiskWork, settings: ReadonlyMap<string, string>): Promise<CreatedDisks> {
  const made: { storage: Storage; volume: Volume }[] = [];
  const values = new Map<string, string>();
  try {
    for (const [key, drive] of drivesOf(settings)) {
      const result = await createDisk(work, key, drive, values, (storage, volume) => made.push({ storage, volume }));
      values.set(key, printDrive(result));
      if (result.file !== drive.file) work.task.log(`${key}: successfully created disk '${printDrive(result)}'`);
    }
    return { volumes: made, values };
  } catch (error) {
    if (!isKill(error)) for (const { storage, volume } of made) storage.remove(volume);
    throw error;
  }
}

/** A killed worker cleans up nothing. */
export const isKill = (error: unknown): boolean => error instanceof Killed;

type Made = (storage: Storage, volume: Volume) => void;

async function createDisk(
  work: DiskWork,
  key: string,
  drive: Drive,
  others: ReadonlyMap<string, string>,
  made: Made,
): Promise<Drive> {
  if (drive.file === "none" || drive.file === "cdrom") return withOptions(drive, { size: undefined });
  if (splitVolumeId(drive.file)?.name === "cloudinit") return createCloudInitDrive(work, key, drive, others, made);
  const disk = newDisk(drive);
  if (disk === undefined) return existingDisk(work, key, drive, others);
  const storage = work.datacenter.storages.storage(disk.storage ?? work.defaultStorage ?? "");
  const source = drive.options.get("import-from");
  if (source !== undefined) return importDisk(work, drive, storage, source, made);
  const format = imageFormat(drive.options.get("format")) ?? "raw";
  const size = key === "efidisk0" ? efiSize : key === "tpmstate0" ? tpmSize : Math.ceil(disk.gibibytes * gibibyte);
  const volume = allocate(work, storage, format, size);
  made(storage, volume);
  // A worker that is killed here leaves the volume behind.
  await work.task.pause();
  return withVolume(drive, storage.volumeId(volume), size);
}

export const imageFormat = (text: string | undefined): Format | undefined =>
  text === "raw" || text === "qcow2" || text === "vmdk" ? text : undefined;

function allocate({ guest, datacenter }: DiskWork, storage: Storage, format: Format, size: number): Volume {
  storage.requireContent("images");
  const { isTemplate, node, vmid } = guest;
  const key = storage.freeDiskName(node, vmid, format, isTemplate ? "base" : "vm");
  const used = emptyFileSize(format);
  datacenter.node(node);
  return storage.add(node, { key, content: "images", format, owner: vmid, size, used, base: undefined });
}

function createCloudInitDrive(
  work: DiskWork,
  key: string,
  drive: Drive,
  others: ReadonlyMap<string, string>,
  made: Made,
): Drive {
  checkOnlyCloudInit(work.guest, key, others);
  const { guest, datacenter } = work;
  const storage = datacenter.storages.storage(splitVolumeId(drive.file)?.storage ?? "");
  const format = imageFormat(drive.options.get("format")) ?? "qcow2";
  const name = `${guest.vmid}/vm-${guest.vmid}-cloudinit.${format}`;
  storage.requireContent("images");
  if (storage.find(guest.node, name) !== undefined) {
    throw failure(`disk image '${storage.pathOf(name)}' already exists`);
  }
  const rest = { content: "images", owner: guest.vmid, base: undefined } as const;
  const volume = storage.add(guest.node, {
    key: name,
    format,
    size: cloudInitSize,
    used: emptyFileSize(format),
    ...rest,
  });
  made(storage, volume);
  // Without a size. Reference: section 5
  return withOptions({ ...drive, file: storage.volumeId(volume) }, { media: "cdrom", format: undefined });
}

/** Source: PVE/QemuConfig.pm: has_cloudinit */
function checkOnlyCloudInit({ config }: Guest, key: string, others: ReadonlyMap<string, string>): void {
  const attached = [config.current, config.pending, others]
    .flatMap((values) => drivesOf(values))
    .find(([slot, drive]) => slot !== key && isCloudInit(drive));
  if (attached !== undefined) throw failure(`${key} - cloud-init drive is already attached at '${attached[0]}'`);
}

function existingDisk(work: DiskWork, key: string, drive: Drive, others: ReadonlyMap<string, string>): Drive {
  const { datacenter, scope, guest } = work;
  checkVolumeAccess(scope, datacenter.storages, drive.file);
  if (isCloudInit(drive)) checkOnlyCloudInit(guest, key, others);
  const parts = splitVolumeId(drive.file);
  const volume =
    parts === undefined ? undefined : datacenter.storages.storage(parts.storage).find(guest.node, parts.name);
  if (volume === undefined) throw failure(`volume ${drive.file} does not exist`);
  const format = drive.options.get("format");
  if (format !== undefined && format !== volume.format) {
    throw failure(
      `drive '${key}' - volume '${drive.file}' - 'format=${format}' option different from storage format '${volume.format}'`,
    );
  }
  return withOptions(drive, { size: sizeText(volume) });
}

const sizeText = (volume: Volume): string =>
  withVolume({ file: "", options: new Map() }, "", volume.size).options.get("size") ?? "";

/** Keeps the format and the size of the image. Reference: section 13, upload and import */
async function importDisk(work: DiskWork, drive: Drive, storage: Storage, source: string, made: Made): Promise<Drive> {
  const { datacenter, guest } = work;
  const parts = splitVolumeId(source);
  if (parts === undefined) throw failure(`unable to parse volume ID '${source}'`);
  const sourceStorage = datacenter.storages.storage(parts.storage);
  const image = sourceStorage.find(guest.node, parts.name);
  if (image === undefined) {
    if (parts.name.startsWith("import/")) throw failure(`failed to stat '${sourceStorage.pathOf(parts.name)}'`);
    throw failure(`cannot import from '${source}' - could not get size of ${source}`);
  }
  const format = imageFormat(drive.options.get("format")) ?? image.format;
  const copy = { source, image, storage, format, node: guest.node, vmid: guest.vmid, made };
  const { owner } = image;
  const isForeign = owner !== undefined && owner !== guest.vmid && datacenter.guests.has(owner);
  // Reference: section 6, locks
  const volume = isForeign
    ? await datacenter.locks.share(owner, 30, () => copyDisk(work, copy))
    : await copyDisk(work, copy);
  return withVolume(drive, storage.volumeId(volume), volume.size);
}
