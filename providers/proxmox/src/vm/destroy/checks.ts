import { currentSignal, waitFor } from "@nixops4-resources/protocol-core";
import { failure } from "../../api/failure.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import type { GuestConfig, Place } from "../config/guest-config.ts";
import { presentConfig } from "../config/write.ts";
import { unusedIn } from "../disks/drive.ts";
import { leftLocked } from "../identity/creating.ts";
import type { Mark } from "@nixops4-resources/protocol-core";
import type { Want } from "../inputs.ts";
import { requireHa } from "../power/ha.ts";
import type { PowerState } from "../power/power.ts";

/** Locks of work that ends by itself. */
const passing = ["backup", "migrate", "snapshot", "snapshot-delete", "rollback", "suspending"];

/** The configuration, as soon as nobody works on the VM. Only these locks are waited for. */
export async function whenUnlocked(client: ProxmoxWriter, place: Place, mark: Mark | undefined): Promise<GuestConfig> {
  let lock = "";
  return await waitFor(
    () => `the lock ${lock} of VM ${place.vmid} to end`,
    async () => {
      const { setTimeout: pause } = await import("node:timers/promises");
      for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 2000)) {
        const config = await presentConfig(client, place, mark);
        lock = config.lock ?? "";
        if (lock === "create" || lock === "clone") throw leftLocked(place.vmid, place.node, lock);
        if (!passing.includes(lock)) return config;
        await pause(waitMs, undefined, { signal: currentSignal() });
      }
    },
  );
}

/** Throws what Proxmox would refuse only after the VM was stopped. */
export function requireDestroyable(config: GuestConfig, { ha }: PowerState, place: Place, want: Want): void {
  const { vmid } = place;
  if (config.flag("protection") === true) {
    throw failure(
      `the VM ${vmid} is protected, so it stays as it is`,
      "proxmox.vm.protected",
      "Set `protection = false`, apply, then destroy",
    );
  }
  requireHa(ha, place, "destroy");
  const unused = [...unusedIn(config).values()];
  if (unused.length > 0 && want.unusedDisks === "refuse") {
    throw failure(
      `the VM ${vmid} has unused disks that would be deleted with it: ${unused.join(", ")}`,
      "proxmox.vm.unusedDisks",
      'Move them to another VM, or set `unusedDisks = "destroy"`',
    );
  }
}
