import type { Facts } from "../identity/machine-mark.ts";
import { instanceOf } from "./parameters.ts";
import type { GuestConfig } from "../config/guest-config.ts";
import type { PowerState } from "../power/power.ts";

/** Whether the guest still has the settings of before. A boot after the change has taken the new ones up. */
export function isCloudInitPending(
  facts: Facts | undefined,
  config: GuestConfig,
  { isRunning, uptimeSeconds }: PowerState,
): boolean {
  const booted = facts?.cloudInit;
  if (booted === undefined || !isRunning || instanceOf(config) === booted.id) return false;
  return booted.changedAt === undefined || !isBootedSince(booted.changedAt, uptimeSeconds);
}

/** Whether the guest has certainly booted after this time. Proxmox tells its uptime in whole seconds. */
export const isBootedSince = (time: number, uptimeSeconds: number): boolean =>
  Date.now() / 1000 - uptimeSeconds - 1 > time;
