import type { Change, Mark } from "@nixops4-resources/protocol-core";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { whileLocked } from "../../lock.ts";
import { driveSlot } from "../cloud-init/parameters.ts";
import { pathOf, pendingKeys, type Place } from "../config/guest-config.ts";
import { finishClone } from "../clone/finish.ts";
import { presentConfig, writeConfig, writeDisks, type Build } from "../config/write.ts";
import { cloudInitDriveIn } from "../disks/drive.ts";
import { warnWithoutEfiDisk } from "../disks/firmware.ts";
import { refuseWhileOn } from "../disks/refuse.ts";
import { lookingAgain } from "../identity/gone.ts";
import type { inputs, outputs, Want } from "../inputs.ts";
import { requireHa } from "../power/ha.ts";
import { powerOf, rebootVm, startVm, stopVm } from "../power/power.ts";
import { withinQuota } from "../quota/quota.ts";
import { changeDisks, changeSlots, checkDisks } from "./disks.ts";
import { revertingFailures } from "./hotplug.ts";
import { metadataChanges, type Rewrite } from "./metadata.ts";
import { moveToPool } from "./pool.ts";
import { writeTags } from "./tags.ts";

/** Changes what differs, in an order that a repeated request continues. */
export async function updateVm(
  client: ProxmoxWriter,
  want: Want,
  change: Change<typeof inputs, typeof outputs>,
): Promise<void> {
  const { changed, seen } = change;
  const { vmid, node } = seen.outputs;
  const update = (): Promise<void> =>
    whileLocked("vm", String(vmid), () => updateLocked(client, want, change, { vmid, node }));
  const mayGrow = (["source", "pool", "cpu", "memoryMib", "disks"] as const).some((field) => changed.has(field));
  await lookingAgain(client, vmid, () => (mayGrow ? withinQuota(client, want, vmid, update) : update()));
}

async function updateLocked(
  client: ProxmoxWriter,
  want: Want,
  { changed, seen, mark }: Change<typeof inputs, typeof outputs>,
  place: Place,
): Promise<void> {
  if (changed.has("source")) await finishClone(client, want, place, mark);
  const isStopping = changed.has("power") && want.power === "stopped";
  const before = await powerOf(client, place);
  if (changed.has("power")) requireHa(before.ha, place, "apply");
  const hasOtherDisks = (["disks", "efiDisk", "tpmState"] as const).some((field) => changed.has(field));
  if (hasOtherDisks) {
    const refusal = refuseWhileOn(want, seen, before.isKeptOn && !isStopping);
    if (refusal !== undefined) throw refusal;
    await checkDisks(client, want, mark, place, isStopping);
  }
  if (changed.has("bios")) warnWithoutEfiDisk(client, want, await presentConfig(client, place, mark));
  // A VM that is off takes every change at once, and gives up every disk.
  if (isStopping) await stopForGood(client, want, mark, place);
  const state = isStopping ? await powerOf(client, place) : before;
  const rewrite: Rewrite = { want, vmid: place.vmid, mark, changed, state };
  const written = new Set<string>();
  const noting =
    (build: Build): Build =>
    (config) => {
      const parameters = build(config);
      for (const key of keysOf(parameters)) written.add(key);
      return parameters;
    };

  if (changed.has("disks") && !state.isKeptOn) await changeSlots(client, want, mark, place);
  if (changed.has("tags")) await writeTags(client, place, mark, want);
  await revertingFailures(client, place, () =>
    writeConfig(
      client,
      place,
      mark,
      noting((config) => metadataChanges(rewrite, config)),
    ),
  );
  if (hasOtherDisks) await changeDisks(client, want, mark, place, noting);
  if ((["cloudInit", "hostname", "nics"] as const).some((field) => changed.has(field))) {
    await renewCloudInit(client, want, rewrite, place);
  }
  if (changed.has("pool")) await moveToPool(client, want, place);
  if (changed.has("power") && want.power === "running") await startVm(client, place);
  if (changed.has("power")) return;
  const isAdopting = seen.mark?.managedBy !== want.managedBy;
  if (want.rebootPolicy === "never" || want.power !== "running" || isAdopting || written.size === 0) return;
  const pending = await pendingKeys(client, place);
  if (pending.some((key) => written.has(key))) await rebootVm(client, place, want.shutdownSeconds);
}

/** The write proves that the VM is still ours, and the VM stays off if its node restarts after a kill of this request. */
async function stopForGood(client: ProxmoxWriter, want: Want, mark: Mark, place: Place): Promise<void> {
  await writeConfig(client, place, mark, (config) => (config.flag("onboot") === true ? { onboot: 0 } : undefined));
  await stopVm(client, place, want.shutdownSeconds);
}

/** Parameters that are properties of the VM. */
function keysOf(parameters: ReturnType<Build>): string[] {
  const { delete: gone, force: _force, revert: _revert, ...set } = parameters ?? {};
  return [...Object.keys(set), ...(typeof gone === "string" ? gone.split(",") : [])];
}

/** Makes the drive if there is none, and writes the new settings to it: the guest reads it at every boot. */
async function renewCloudInit(
  client: ProxmoxWriter,
  { cloudInit }: Want,
  { mark }: Rewrite,
  place: Place,
): Promise<void> {
  if (cloudInit !== null) {
    const build: Build = (config) =>
      cloudInitDriveIn(config) === undefined ? { [driveSlot]: `${cloudInit.storage}:cloudinit` } : undefined;
    await writeDisks(client, place, mark, build, `the cloud-init drive of VM ${place.vmid}`);
  }
  if (cloudInitDriveIn(await presentConfig(client, place, mark)) === undefined) return;
  await client.change("PUT", `${pathOf(place)}/cloudinit`, {});
}
