import type { GuestConfig } from "./guest-config.ts";
import { isCardKey, isCloudInitKey } from "../values/keys.ts";

/**
 * Remembers how the drive of cloud-init differs from the configuration of a running VM: the old value of a changed or
 * deleted key, undefined for an added one. Source: PVE/QemuServer.pm: cloudinit_record_changed
 */
export function recordCloudInit(
  { cloudInit }: GuestConfig,
  key: string,
  before: string | undefined,
  after: string | undefined,
): void {
  if (!(isCloudInitKey(key) || isCardKey(key) || key === "name") || (before === undefined && after === undefined))
    return;
  const isRecorded = cloudInit.has(key);
  const recorded = cloudInit.get(key);
  if (after === undefined) {
    if (!isRecorded) cloudInit.set(key, before);
    // It was only added since the drive was made.
    else if (recorded === undefined) cloudInit.delete(key);
  } else if (isRecorded) {
    if (after === recorded) cloudInit.delete(key);
  } else cloudInit.set(key, before);
}
