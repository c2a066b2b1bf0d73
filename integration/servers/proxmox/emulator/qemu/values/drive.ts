import { formatSize } from "../disks/sizes.ts";
import { invalid } from "../../refusal.ts";

/** A disk or CD of a VM. */
export interface Drive {
  /** A volume, `none`, `cdrom`, or what makes a new volume: `STORAGE:SIZE`, `STORAGE:cloudinit`. */
  readonly file: string;
  readonly options: ReadonlyMap<string, string>;
}

/** Source: PVE/QemuServer/Drive.pm: parse_drive */
export function parseDrive(key: string, text: string): Drive {
  const options = new Map<string, string>();
  for (const part of text.split(",").filter((candidate) => candidate.trim() !== "")) {
    const [, name = "file", value = part] = /^([^=]+)=(.+)$/s.exec(part) ?? [];
    options.set(name === "volume" ? "file" : name, value);
  }
  const file = options.get("file");
  if (file === undefined) throw invalid({ [key]: "unable to parse drive options" });
  options.delete("file");
  return { file, options };
}

/** The file first, then the options in the order of their names. Reference: section 5 */
export function printDrive({ file, options }: Drive): string {
  const sorted = [...options].sort(([one], [other]) => (one < other ? -1 : 1));
  return [file, ...sorted.map(([name, value]) => `${name}=${value}`)].join(",");
}

/** The drive with other options; undefined removes one. */
export function withOptions(drive: Drive, changes: Readonly<Record<string, string | undefined>>): Drive {
  const options = new Map(drive.options);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) options.delete(name);
    else options.set(name, value);
  }
  return { ...drive, options };
}

/** The drive with the volume that was made for it. */
export const withVolume = (drive: Drive, file: string, bytes: number): Drive =>
  withOptions({ ...drive, file }, { size: formatSize(bytes), format: undefined, "import-from": undefined });

export const isCloudInit = ({ file }: Drive): boolean => /[:/](vm-\d+-)?cloudinit(\.(raw|qcow2|vmdk))?$/.test(file);

export const isCd = ({ options }: Drive): boolean => options.get("media") === "cdrom";

/** A CD whose medium users choose, unlike the drive of cloud-init. */
export const isPlainCd = (drive: Drive): boolean => isCd(drive) && !isCloudInit(drive);

/** `STORAGE:SIZE_IN_GIB`, or the size alone for the default storage. */
export function newDisk({ file }: Drive): { storage: string | undefined; gibibytes: number } | undefined {
  const [, storage, size] = /^(?:([^/:\s]+):)?(\d+(?:\.\d+)?)$/.exec(file) ?? [];
  return size === undefined ? undefined : { storage, gibibytes: Number(size) };
}
