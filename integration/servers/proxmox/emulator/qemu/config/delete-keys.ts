import { printBootOrder } from "../values/boot-order.ts";
import { parseDrive } from "../values/drive.ts";
import { checkBridges, checkDrive, requireOnVm, type Scope } from "./key-permissions.ts";
import { isCardKey, isDriveKey, isUnusedKey } from "../values/keys.ts";
import { checkTags } from "../values/tags.ts";
import type { Progress } from "./update.ts";
import { deallocate, registerUnused } from "../disks/unused.ts";
import type { Guest } from "../guest.ts";
import { checkProtection } from "../locks.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import { failure } from "../../refusal.ts";
import { isRoot } from "../../access/caller.ts";

/** A write of a configuration in progress. */
export interface UpdateWork {
  readonly datacenter: Datacenter;
  readonly guest: Guest;
  readonly scope: Scope;
  /** The keys that the write touches. */
  readonly modified: Set<string>;
  /** The boot order, as far as it has changed. */
  readonly order: string[];
  readonly progress: Progress;
}

/** Source: PVE/API2/Qemu.pm: update_vm_api */
export function deleteKeys(work: UpdateWork, keys: readonly string[], force: boolean): void {
  for (const key of keys) deleteKey(work, key, force);
}

function deleteKey(work: UpdateWork, key: string, force: boolean): void {
  const { guest, modified, progress } = work;
  const { current, pending, pendingDelete } = guest.config;
  const isPending = pending.has(key);
  const value = current.get(key) ?? pending.get(key);
  if (value === undefined) {
    progress.log(`cannot delete '${key}' - not set in current configuration!`);
    return;
  }
  modified.add(key);
  const pendingValue = pending.get(key);
  if (isUnusedKey(key)) {
    deleteUnused(work, key, value);
    return;
  }
  checkMayDelete(work, key, value);
  pending.delete(key);
  leaveBootOrder(work, key);
  if (isDriveKey(key) && isPending) {
    registerUnused(work.datacenter, guest, parseDrive(key, pendingValue ?? value));
  }
  if (key === "tags") current.delete(key);
  else pendingDelete.set(key, { force });
}

/** The volume is destroyed at once. Reference: section 3, remove disk */
function deleteUnused({ datacenter, guest, scope }: UpdateWork, key: string, volid: string): void {
  checkProtection(guest, `can't remove unused disk '${volid}'`);
  requireOnVm(scope, "VM.Config.Disk");
  deallocate(datacenter, guest, key, { file: volid, options: new Map() }, (storage) =>
    scope.access.permissions.require(scope.caller, `/storage/${storage}`, "Datastore.AllocateSpace"),
  );
  guest.config.current.delete(key);
}

function checkMayDelete({ datacenter, guest, scope }: UpdateWork, key: string, value: string): void {
  if (isDriveKey(key)) {
    checkProtection(guest, `can't remove drive '${key}'`);
    checkDrive(scope, key, value);
  } else if (/^serial\d+$/.test(key)) {
    if (value === "socket") requireOnVm(scope, "VM.Config.HWType");
    else if (!isRoot(scope.caller)) throw failure(`only root can delete '${key}' config for real devices`);
  } else if (key === "tags") checkTags(datacenter, scope, value, "");
  else if (isCardKey(key)) checkBridges(scope, new Map([[key, value]]));
}

function leaveBootOrder({ guest, order, modified }: UpdateWork, key: string): void {
  const index = order.indexOf(key);
  if (index === -1) return;
  order.splice(index, 1);
  guest.config.pending.set("boot", printBootOrder(order));
  modified.add("boot");
}
