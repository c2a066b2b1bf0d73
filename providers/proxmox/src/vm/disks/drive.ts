// Drives in the configuration: `local:100/vm-100-disk-0.qcow2,discard=on,size=4G`.
import type { GuestConfig } from "../config/guest-config.ts";
import { formatProperties, isOn, parseProperties, type Properties } from "../config/property-string.ts";
import type { DiskInputs } from "./inputs.ts";

const slots = /^(scsi|virtio|sata|ide)[0-9]+$/;

/** A drive with a volume. */
export interface Drive {
  readonly slot: string;
  /** Id of the volume: `local:100/vm-100-disk-0.qcow2`. */
  readonly volume: string;
  readonly properties: Properties;
}

export function drivesIn(config: GuestConfig): Drive[] {
  return config.matching(slots).map(([slot, text]) => {
    const properties = parseProperties(text, "file");
    return { slot, volume: properties.get("file") ?? "", properties };
  });
}

const isCdrom = ({ properties }: Drive): boolean => properties.get("media") === "cdrom";

/** Disks by slot, without CD-ROM drives, of which cloud-init's is one. */
export const disksIn = (config: GuestConfig): Map<string, Drive> =>
  new Map(drivesIn(config).flatMap((drive) => (isCdrom(drive) ? [] : [[drive.slot, drive]])));

/** The drive that Proxmox makes for cloud-init, in whatever slot. */
export const cloudInitDriveIn = (config: GuestConfig): Drive | undefined =>
  drivesIn(config).find(({ volume }) => /[:/-]cloudinit(\.(qcow2|raw))?$/.test(volume));

/** Volumes of detached disks, by key. */
export const unusedIn = (config: GuestConfig): Map<string, string> =>
  new Map(
    config.matching(/^unused[0-9]+$/).map(([key, text]) => [key, parseProperties(text, "file").get("file") ?? ""]),
  );

export const storageOf = (volume: string): string => volume.split(":", 1)[0] ?? "";

const units: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Size of a drive in bytes; 0 if Proxmox does not say it. */
export function bytesOf({ properties }: Drive): number {
  const [, number = "0", unit = ""] = /^([0-9.]+)([KMGT]?)$/.exec(properties.get("size") ?? "") ?? [];
  return Number(number) * (units[unit] ?? 1);
}

export const gibibyte = 1024 ** 3;

/** The disk in the shape of the inputs. Where it came from counts only while it is not there. */
export function seenDisk(drive: Drive, wanted: Pick<DiskInputs, "movedFrom"> | undefined): DiskInputs {
  const { properties, volume } = drive;
  return {
    storage: storageOf(volume),
    sizeGib: bytesOf(drive) / gibibyte,
    discard: isOn(properties.get("discard")),
    ssd: isOn(properties.get("ssd")),
    iothread: isOn(properties.get("iothread")),
    cache: cacheIn(properties.get("cache")),
    backup: properties.get("backup") === undefined || isOn(properties.get("backup")),
    movedFrom: wanted?.movedFrom ?? null,
  };
}

const caches = ["none", "directsync", "writethrough", "writeback", "unsafe"] as const;
const cacheIn = (value: string | undefined): DiskInputs["cache"] => caches.find((one) => one === value) ?? "none";

/** Our options in the order of Proxmox. What is the default is not written. */
function optionsOf({ discard, ssd, iothread, cache, backup }: DiskInputs): [string, string | undefined][] {
  return [
    ["backup", backup ? undefined : "0"],
    ["cache", cache === "none" ? undefined : cache],
    ["discard", discard ? "on" : undefined],
    ["iothread", iothread ? "1" : undefined],
    ["ssd", ssd ? "1" : undefined],
  ];
}

/** A new empty disk. */
export const emptyDisk = (disk: DiskInputs): string =>
  formatProperties([["file", `${disk.storage}:${disk.sizeGib}`], ...optionsOf(disk)], "file");

/** A new disk with the contents of an image, whose size it has at first. */
export const importedDisk = (disk: DiskInputs, image: string): string =>
  formatProperties([["file", `${disk.storage}:0`], ["import-from", image], ...optionsOf(disk)], "file");

/** The same volume with our options. Options that the inputs do not have stay; Proxmox looks at the size itself. */
export function changedDisk({ properties, volume }: Drive, disk: DiskInputs): string {
  const ours = optionsOf(disk);
  const isOurs = (key: string): boolean => ["file", "size"].includes(key) || ours.some(([name]) => name === key);
  const others = [...properties].filter(([key]) => !isOurs(key));
  return formatProperties([["file", volume], ...others, ...ours], "file");
}
