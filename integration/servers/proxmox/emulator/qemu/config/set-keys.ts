import { randomBytes } from "node:crypto";
import { bootOrder, printBootOrder } from "../values/boot-order.ts";
import type { UpdateWork } from "./delete-keys.ts";
import { isPlainCd, parseDrive } from "../values/drive.ts";
import { checkBridges, checkDrive, requireOnVm } from "./key-permissions.ts";
import { isCardKey, isDriveKey } from "../values/keys.ts";
import { checkTags, uniqueTags } from "../values/tags.ts";
import { createDisks } from "../disks/create-disks.ts";
import { registerUnused } from "../disks/unused.ts";
import { failure } from "../../refusal.ts";
import { isRoot } from "../../access/caller.ts";

/** Source: PVE/API2/Qemu.pm: update_vm_api */
export async function setKeys(
  work: UpdateWork,
  values: ReadonlyMap<string, string>,
  deleted: readonly string[],
): Promise<void> {
  const { pending, pendingDelete } = work.guest.config;
  for (const [key, value] of [...values].sort(([one], [other]) => (one < other ? -1 : 1))) {
    work.modified.add(key);
    if (pending.get(key) === value) continue;
    await setKey(work, key, value, values, deleted);
    pendingDelete.delete(key);
  }
}

async function setKey(
  work: UpdateWork,
  key: string,
  value: string,
  values: ReadonlyMap<string, string>,
  deleted: readonly string[],
): Promise<void> {
  const { datacenter, guest, scope } = work;
  const { current, pending } = guest.config;
  if (isDriveKey(key)) await setDrive(work, key, value);
  else if (key === "tags") {
    checkTags(datacenter, scope, current.get("tags") ?? "", value);
    pending.set(key, uniqueTags(value));
  } else if (key === "cipassword") current.set(key, hashed(value));
  else if (key === "boot") setBoot(work, value, values, deleted);
  else {
    if (/^serial\d+$/.test(key)) checkSerial(work, key, value);
    if (isCardKey(key)) checkBridges(scope, new Map([...current].filter(([name]) => name === key)));
    pending.set(key, value);
  }
}

async function setDrive(work: UpdateWork, key: string, value: string): Promise<void> {
  const { datacenter, guest, scope, order, modified, progress } = work;
  const { current, pending } = guest.config;
  const [before, waiting] = [current.get(key), pending.get(key)];
  if (before !== undefined) checkDrive(scope, key, before);
  if (before !== undefined && key === "tpmstate0") checkTpmVersion(before, value);
  checkDrive(scope, key, value);
  if (waiting !== undefined) registerUnused(datacenter, guest, parseDrive(key, waiting));
  const created = await createDisks({ datacenter, scope, guest, task: progress }, new Map([[key, value]]));
  for (const [slot, text] of created.values) pending.set(slot, text);
  // A new CD becomes bootable. Reference: section 13, disks
  if (order.length > 0 && isPlainCd(parseDrive(key, value)) && !order.includes(key)) {
    order.push(key);
    pending.set("boot", printBootOrder(order));
    modified.add("boot");
  }
}

/** Source: PVE/API2/Qemu.pm: prohibit_tpm_version_change */
function checkTpmVersion(before: string, after: string): void {
  const [old, now] = [parseDrive("tpmstate0", before), parseDrive("tpmstate0", after)];
  const versionOf = ({ options }: typeof old): string => options.get("version") ?? "v1.2";
  if (old.file === now.file && versionOf(old) !== versionOf(now)) {
    throw failure("cannot change TPM state version after creation");
  }
}

function setBoot(
  { guest }: UpdateWork,
  value: string,
  values: ReadonlyMap<string, string>,
  deleted: readonly string[],
): void {
  const { current, pending, pendingDelete } = guest.config;
  for (const device of bootOrder(value)) {
    const exists = current.has(device) || pending.has(device) || values.has(device);
    // The quotation mark at the end is the real one.
    if (!exists || deleted.includes(device)) throw failure(`invalid bootorder: device '${device}' does not exist'`);
  }
  pending.set("boot", bootOrder(value).length > 0 ? printBootOrder(bootOrder(value)) : value);
  if (current.has("bootdisk")) pendingDelete.set("bootdisk", { force: false });
}

function checkSerial({ guest, scope }: UpdateWork, key: string, value: string): void {
  const before = guest.config.current.get(key) ?? "socket";
  if (before === "socket" && value === "socket") requireOnVm(scope, "VM.Config.HWType");
  else if (!isRoot(scope.caller)) throw failure(`only root can modify '${key}' config for real devices`);
}

/** Looks like the hash that cloud-init gets; nobody logs in with it. */
export function hashed(password: string): string {
  if (/^\$(?:[156]|2[ay])(\$.+){2}/.test(password)) return password;
  return `$5$${randomBytes(6).toString("hex").slice(0, 8)}$${randomBytes(32).toString("hex").slice(0, 43)}`;
}
