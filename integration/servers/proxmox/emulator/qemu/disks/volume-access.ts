import type { Scope } from "../config/key-permissions.ts";
import { driveKeys } from "../values/keys.ts";
import { isCd, newDisk, parseDrive, type Drive } from "../values/drive.ts";
import { failure, invalid, notEmulated } from "../../refusal.ts";
import { isRoot } from "../../access/caller.ts";
import type { Storages } from "../../storage/storages.ts";
import { parseVolumeName, splitVolumeId } from "../../storage/volume-names.ts";

/** Whether the caller may use a volume. Source: PVE/Storage.pm: check_volume_access */
export function checkVolumeAccess({ access, caller, vmid }: Scope, storages: Storages, volid: string): void {
  const { permissions } = access;
  const parts = splitVolumeId(volid);
  if (parts === undefined) {
    if (isRoot(caller)) throw notEmulated(`the path ${volid}`);
    throw failure("Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 638.");
  }
  storages.storage(parts.storage);
  const { content, owner } = parseVolumeName(parts.name);
  const path = `/storage/${parts.storage}`;
  if (permissions.has(caller, path, "Datastore.Allocate")) return;
  if (content === "iso" || content === "vztmpl" || content === "import") {
    permissions.requireAny(caller, path, ["Datastore.AllocateSpace", "Datastore.Audit"]);
  } else if (content === "images" && owner !== undefined) {
    if (owner === vmid) return;
    permissions.require(caller, path, "Datastore.Audit");
    permissions.require(caller, `/vms/${owner}`, "VM.Config.Disk");
  } else throw failure(`missing privileges to access ${volid}`);
}

/** Drives of a call in the order of their slots. */
export const drivesOf = (values: ReadonlyMap<string, string>): [string, Drive][] =>
  driveKeys.flatMap((key): [string, Drive][] => {
    const text = values.get(key);
    return text === undefined ? [] : [[key, parseDrive(key, text)]];
  });

const isNewCloudInit = ({ file }: Drive): boolean => file === "cloudinit" || splitVolumeId(file)?.name === "cloudinit";

/** Whether the caller may use the storages and volumes of the drives. Source: PVE/API2/Qemu.pm: check_storage_access */
export function checkStorageAccess(
  scope: Scope,
  storages: Storages,
  values: ReadonlyMap<string, string>,
  defaultStorage?: string,
): void {
  const { permissions } = scope.access;
  for (const [key, drive] of drivesOf(values)) {
    const disk = isCd(drive) ? undefined : newDisk(drive);
    if (isCd(drive) && drive.file === "cdrom") permissions.require(scope.caller, "/", "Sys.Console");
    else if (disk !== undefined) {
      const storage = disk.storage ?? defaultStorage;
      if (storage === undefined) throw failure("no storage ID specified (and no default storage)");
      permissions.require(scope.caller, `/storage/${storage}`, "Datastore.AllocateSpace");
      if (!storages.storage(storage).settings.contents.has("images")) {
        throw invalid({ storage: `storage '${storage}' does not support vm images` });
      }
    } else if (drive.file !== "none" && !isNewCloudInit(drive)) {
      checkVolumeAccess(scope, storages, drive.file);
      const content = contentOf(drive.file);
      if (content !== "images" && content !== "iso") {
        throw invalid({ [key]: "content type needs to be 'images' or 'iso'" });
      }
    }
    const source = drive.options.get("import-from");
    if (source !== undefined) checkImportSource(scope, storages, key, source);
  }
}

const contentOf = (volid: string): string => parseVolumeName(splitVolumeId(volid)?.name ?? "").content;

function checkImportSource(scope: Scope, storages: Storages, key: string, source: string): void {
  const parts = splitVolumeId(source);
  if (parts === undefined) {
    checkVolumeAccess(scope, storages, source);
    return;
  }
  storages.storage(parts.storage);
  const { content, owner, format } = parseVolumeName(parts.name);
  if (content !== "images" && content !== "import") {
    throw invalid({ [key]: `${source} has wrong type '${content}' - needs to be 'images' or 'import'` });
  }
  if (format === "ova") throw notEmulated("an import from an OVA");
  if (owner === undefined) checkVolumeAccess(scope, storages, source);
  else scope.access.permissions.require(scope.caller, `/vms/${owner}`, "VM.Clone");
}

/** Rules between the options of a drive. Source: PVE/API2/Qemu.pm: check_drive_param */
export function checkDriveRules(key: string, drive: Drive): void {
  if (drive.options.has("import-from")) {
    if (newDisk(drive)?.gibibytes !== 0) {
      throw invalid({
        [key]: "'import-from' requires special syntax - use <storage ID>:0,import-from=<source>",
      });
    }
    const required = { efidisk0: ["efitype", "pre-enrolled-keys"], tpmstate0: ["version"] };
    const missing =
      key === "efidisk0" || key === "tpmstate0" ? required[key].find((name) => !drive.options.has(name)) : undefined;
    if (missing !== undefined) throw invalid({ [key]: `need to specify '${missing}' when using 'import-from'` });
  }
  const isIso = /:iso\//.test(drive.file);
  if (isIso && !isCd(drive)) throw invalid({ [key]: "explicit 'media=cdrom' is required for iso images" });
}
