import type { GuestConfig } from "./guest-config.ts";

/** Removes pending entries that change nothing. Source: PVE/AbstractConfig.pm: cleanup_pending */
export function cleanUpPending({ current, pending, pendingDelete }: GuestConfig): void {
  for (const [key, value] of pending) if (current.get(key) === value) pending.delete(key);
  for (const key of pendingDelete.keys()) if (!current.has(key)) pendingDelete.delete(key);
}
