import {
  cloudInitKeys,
  cpuKeys,
  diskKeys,
  generalKeys,
  hardwareKeys,
  isCardKey,
  isDriveKey,
  memoryKeys,
} from "../values/keys.ts";
import { parseCard } from "../values/card.ts";
import { isCloudInit, isPlainCd, parseDrive } from "../values/drive.ts";
import type { Access } from "../../access/access.ts";
import { isRoot, type Caller } from "../../access/caller.ts";
import { failure, notEmulated } from "../../refusal.ts";

/** Whose VM it is about, and who asks. */
export interface Scope {
  readonly access: Access;
  readonly caller: Caller;
  readonly vmid: number;
  /** The pool of a VM that is being created; its privileges count, too. */
  readonly pool?: string | undefined;
}

/** Privileges on the VM, or on the pool of a new VM. Source: PVE/RPCEnvironment.pm: check_vm_perm */
export function requireOnVm({ access, caller, vmid, pool }: Scope, ...privileges: readonly string[]): void {
  const { permissions } = access;
  if (pool !== undefined && privileges.every((name) => permissions.has(caller, `/pool/${pool}`, name))) return;
  permissions.require(caller, `/vms/${vmid}`, ...privileges);
}

function requireAnyOnVm({ access, caller, vmid, pool }: Scope, ...privileges: readonly string[]): void {
  if (pool !== undefined && access.permissions.hasAny(caller, `/pool/${pool}`, privileges)) return;
  access.permissions.requireAny(caller, `/vms/${vmid}`, privileges);
}

/** Whether the caller may set or delete these keys. Source: PVE/API2/Qemu.pm: check_vm_modify_config_perm */
export function checkKeys(scope: Scope, keys: readonly string[]): void {
  if (isRoot(scope.caller)) return;
  for (const key of keys) {
    if (isDriveKey(key) || key === "cdrom" || key === "tags" || /^(unused|serial)\d+$/.test(key)) continue;
    if (/^(usb|hostpci|virtiofs)\d+$/.test(key)) throw notEmulated(`the device ${key}`);
    checkKey(scope, key);
  }
}

function checkKey(scope: Scope, key: string): void {
  if (cpuKeys.has(key) || /^numa\d+$/.test(key)) requireOnVm(scope, "VM.Config.CPU");
  else if (memoryKeys.has(key)) requireOnVm(scope, "VM.Config.Memory");
  else if (hardwareKeys.has(key)) requireOnVm(scope, "VM.Config.HWType");
  else if (generalKeys.has(key)) {
    requireOnVm(scope, "VM.Config.Options");
    if (key === "startup") scope.access.permissions.require(scope.caller, "/", "Sys.Modify");
  } else if (key === "freeze") requireOnVm(scope, "VM.PowerMgmt");
  else if (diskKeys.has(key)) requireOnVm(scope, "VM.Config.Disk");
  else if (isCardKey(key)) requireOnVm(scope, "VM.Config.Network");
  else if (cloudInitKeys.includes(key) || /^ipconfig\d+$/.test(key)) {
    requireAnyOnVm(scope, "VM.Config.Cloudinit", "VM.Config.Network");
  } else if (key === "vmstate") requireOnVm(scope, "VM.Config.Disk", "VM.PowerMgmt");
  else throw failure(`only root can set '${key}' config`);
}

/** A drive in its old or its new form. Source: check_drive_perms */
export function checkDrive(scope: Scope, key: string, text: string): void {
  const drive = parseDrive(key, text);
  if (isCloudInit(drive)) requireOnVm(scope, "VM.Config.Cloudinit", "VM.Config.CDROM");
  else requireOnVm(scope, isPlainCd(drive) ? "VM.Config.CDROM" : "VM.Config.Disk");
}

/** Bridges of cards; the same text for a bridge that does not exist. Source: check_bridge_access */
export function checkBridges({ access, caller }: Scope, values: ReadonlyMap<string, string>): void {
  if (isRoot(caller)) return;
  for (const [key, text] of values) {
    if (!isCardKey(key)) continue;
    const { options } = parseCard(text);
    const [bridge, tag] = [options.get("bridge"), options.get("tag")];
    if (bridge === undefined || options.has("trunks"))
      throw notEmulated(`a card without bridge or with trunks (${key})`);
    const path = `/sdn/zones/localnetwork/${bridge}`;
    access.permissions.require(caller, tag === undefined ? path : `${path}/${tag}`, "SDN.Use");
  }
}
