import { drivesOf } from "./volume-access.ts";
import { isCd, isCloudInit, parseDrive, type Drive } from "../values/drive.ts";
import type { GuestConfig } from "../config/guest-config.ts";
import { isUnusedKey } from "../values/keys.ts";
import type { Guest } from "../guest.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import { failure } from "../../refusal.ts";
import type { Storage, Volume } from "../../storage/storage.ts";
import { splitVolumeId } from "../../storage/volume-names.ts";

/** A volume that belongs to a VM, with its storage. */
export interface OwnVolume {
  readonly storage: Storage;
  readonly volume: Volume;
}

/** The volume of a drive, if it exists. */
export function volumeOf({ storages }: Datacenter, node: string, file: string): OwnVolume | undefined {
  const parts = splitVolumeId(file);
  if (parts === undefined || !storages.has(parts.storage)) return undefined;
  const storage = storages.storage(parts.storage);
  const volume = storage.find(node, parts.name);
  return volume === undefined ? undefined : { storage, volume };
}

/** The volume if the VM owns it. */
export function ownVolume(datacenter: Datacenter, { vmid, node }: Guest, file: string): OwnVolume | undefined {
  const found = volumeOf(datacenter, node, file);
  return found?.volume.owner === vmid ? found : undefined;
}

/** Keeps the volume of a replaced or detached drive as unusedN. Source: vmconfig_register_unused_drive */
export function registerUnused(datacenter: Datacenter, guest: Guest, drive: Drive): void {
  const own = ownVolume(datacenter, guest, drive.file);
  if (own === undefined) return;
  if (isCloudInit(drive)) own.storage.remove(own.volume);
  else if (!isCd(drive)) addUnused(guest.config, drive.file);
}

export function addUnused({ current }: GuestConfig, volid: string): void {
  if ([...current].some(([key, value]) => isUnusedKey(key) && value === volid)) return;
  for (let index = 0; ; index++) {
    const key = `unused${index}`;
    if (current.has(key)) continue;
    current.set(key, volid);
    return;
  }
}

/** A volume that a slot has again is no unused one. Source: PVE/QemuServer.pm: write_vm_config */
export function dropUsedAgain({ current, pending }: GuestConfig): void {
  const used = new Set([current, pending].flatMap((values) => drivesOf(values).map(([, { file }]) => file)));
  for (const [key, value] of current) if (isUnusedKey(key) && used.has(value)) current.delete(key);
}

/** Destroys the volume of an unused or forcibly removed drive. Source: try_deallocate_drive */
export function deallocate(
  datacenter: Datacenter,
  guest: Guest,
  key: string,
  drive: Drive,
  requireSpace: (storage: string) => void,
): void {
  const own = ownVolume(datacenter, guest, drive.file);
  if (own === undefined) return;
  requireSpace(own.storage.name);
  if (isInUse(guest.config, key, drive.file)) {
    throw failure(`unable to delete '${drive.file}' - volume is still in use (snapshot?)`);
  }
  own.storage.remove(own.volume);
}

function isInUse({ current, snapshots }: GuestConfig, key: string, file: string): boolean {
  const elsewhere = drivesOf(current).some(([slot, drive]) => slot !== key && drive.file === file);
  return (
    elsewhere || [...snapshots.values()].some(({ values }) => drivesOf(values).some(([, drive]) => drive.file === file))
  );
}

export const unusedVolumes = ({ current }: GuestConfig): [string, Drive][] =>
  [...current].filter(([key]) => isUnusedKey(key)).map(([key, text]) => [key, parseDrive(key, text)]);
