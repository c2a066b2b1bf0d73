import { isCloudInit, parseDrive } from "../values/drive.ts";
import { isDriveKey } from "../values/keys.ts";
import type { Scope } from "./key-permissions.ts";
import { cleanUpPending } from "./pending.ts";
import { deallocate, dropUsedAgain, registerUnused } from "../disks/unused.ts";
import type { Guest } from "../guest.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";

/** Whose privileges count when a disk is destroyed, and where the pending values are. */
export interface Applied {
  readonly datacenter: Datacenter;
  readonly guest: Guest;
  readonly scope: Scope;
}

/** Makes the pending values of a stopped VM current. Source: PVE/QemuServer.pm: vmconfig_apply_pending */
export function applyPending(applied: Applied): void {
  const { datacenter, guest } = applied;
  const { current, pending, pendingDelete, cloudInit } = guest.config;
  for (const [key, { force }] of pendingDelete) {
    if (current.has(key) && isDriveKey(key)) removeDrive(applied, key, force);
    current.delete(key);
    pendingDelete.delete(key);
  }
  cleanUpPending(guest.config);
  for (const [key, value] of pending) {
    const before = current.get(key);
    if (before !== undefined && isDriveKey(key)) registerUnused(datacenter, guest, parseDrive(key, before));
    if (isDriveKey(key) && isCloudInit(parseDrive(key, value))) cloudInit.clear();
    current.set(key, value);
    pending.delete(key);
  }
  dropUsedAgain(guest.config);
}

/** Detaches a drive, or destroys it with `force`. Source: vmconfig_delete_or_detach_drive */
export function removeDrive({ datacenter, guest, scope }: Applied, key: string, force: boolean): void {
  const drive = parseDrive(key, guest.config.current.get(key) ?? "");
  if (!force || isCloudInit(drive)) {
    registerUnused(datacenter, guest, drive);
    return;
  }
  deallocate(datacenter, guest, key, drive, (storage) =>
    scope.access.permissions.require(scope.caller, `/storage/${storage}`, "Datastore.AllocateSpace"),
  );
}
