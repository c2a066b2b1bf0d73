import { currentSignal, waitFor, type Mark } from "@nixops4-resources/protocol-core";
import { followTask } from "../../api/task.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { whileLocked } from "../../lock.ts";
import { pathOf, type GuestConfig, type Place } from "../config/guest-config.ts";
import { untilFree, writeConfig } from "../config/write.ts";
import { disksIn, storageOf, unusedIn } from "../disks/drive.ts";
import { unnamedVolumes } from "../disks/unnamed.ts";
import { findById, findVm } from "../identity/find.ts";
import { lookingAgain } from "../identity/gone.ts";
import { holderOf } from "../identity/creating.ts";
import { Identity } from "../identity/identity.ts";
import { descriptionWith, factsIn, markIn, withFacts, wordsIn } from "../identity/machine-mark.ts";
import type { Want } from "../inputs.ts";
import { powerOf, stopVm } from "../power/power.ts";
import { requireDestroyable, whenUnlocked } from "./checks.ts";

/** Stops and deletes the VM, if everything that Proxmox would refuse is in order. Returns when it is gone. */
export async function destroyVm(
  client: ProxmoxWriter,
  want: Want,
  { mark, vmid }: { readonly mark: Mark | undefined; readonly vmid: number },
): Promise<void> {
  const destroy = async (): Promise<void> => {
    const found = await findById(client, vmid);
    if (found === undefined) return;
    const config = await whenUnlocked(client, found, mark);
    const state = await powerOf(client, found);
    requireDestroyable(config, state, found, want);
    const left = await unnamedVolumes(client, found, config, storagesIn(config));
    await announce(client, found, mark);
    if (state.isKeptOn) await stopVm(client, found, want.shutdownSeconds);
    await untilFree(found, async () => {
      const task = await client.removeByTask(`${pathOf(found)}?purge=1`);
      if (task !== null) await followTask(client, task, `the destroy of VM ${vmid}`);
    });
    await untilGone(client, vmid);
    if (left.length > 0) {
      client.warn(`volumes of the id ${vmid} are left, which the VM did not use: ${left.join(", ")}`);
    }
  };
  await lookingAgain(client, vmid, () => whileLocked("vm", String(vmid), destroy));
}

/** A DELETE has no condition, so a write with the digest proves before it that the VM is still ours. */
async function announce(client: ProxmoxWriter, place: Place, mark: Mark | undefined): Promise<void> {
  await writeConfig(client, place, mark, (config) => {
    const present = markIn(config);
    const facts = factsIn(present);
    if (present === undefined || facts === undefined) return {};
    return { description: descriptionWith(wordsIn(config), withFacts(present, { ...facts, destroying: true })) };
  });
}

async function untilGone(client: ProxmoxWriter, vmid: number): Promise<void> {
  await waitFor(`VM ${vmid} to be gone`, async () => {
    const { setTimeout: pause } = await import("node:timers/promises");
    for (let waitMs = 100; (await findById(client, vmid)) !== undefined; waitMs = Math.min(waitMs * 2, 2000)) {
      await pause(waitMs, undefined, { signal: currentSignal() });
    }
  });
}

/** Storages of the disks: elsewhere nothing is looked for. */
const storagesIn = (config: GuestConfig): string[] =>
  [...[...disksIn(config).values()].map(({ volume }) => volume), ...unusedIn(config).values()].map(storageOf);

/** A create that was killed may still be going on. It is waited for, and what it created is destroyed. */
export async function destroyUnfinished(client: ProxmoxWriter, want: Want): Promise<boolean> {
  const [first] = want.vmid === null ? new Identity(want).vmids(want.vmidRange) : [want.vmid];
  if (first === undefined || (await holderOf(client, want, first)) === "another") return false;
  const found = await findVm(client, want);
  if (found === undefined || found.mark?.managedBy !== want.managedBy) return false;
  await destroyVm(client, want, found);
  return true;
}
