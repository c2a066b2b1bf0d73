import type { Mark } from "@nixops4-resources/protocol-core";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { runningConfig, type GuestConfig, type Place } from "../config/guest-config.ts";
import { presentConfig, writeDisks, type Build } from "../config/write.ts";
import { addedAndChanged, removed } from "../disks/change.ts";
import { disksIn } from "../disks/drive.ts";
import { addedFirmware, efiSlot, tpmSlot } from "../disks/firmware.ts";
import { growDisks } from "../disks/grow.ts";
import { moveDisks, requireNoPending } from "../disks/move.ts";
import { movedSlots, requireMovable } from "../disks/slots.ts";
import type { Want } from "../inputs.ts";
import { revertingFailures } from "./hotplug.ts";

/** Throws why disks cannot move, before anything is written. A stop takes up pending changes. */
export async function checkDisks(
  client: ProxmoxWriter,
  want: Want,
  mark: Mark,
  place: Place,
  isStopping: boolean,
): Promise<void> {
  const config = await presentConfig(client, place, mark);
  requireMovable(want, config, await runningOf(client, want, place, config));
  if (!isStopping) await requireNoPending(client, want, place, config);
}

/** Gives disks their new slots, in a write that the VM's start or the next look completes. The VM is off. */
export async function changeSlots(client: ProxmoxWriter, want: Want, mark: Mark, place: Place): Promise<void> {
  const config = await presentConfig(client, place, mark);
  const running = await runningOf(client, want, place, config);
  await revertingFailures(client, place, () =>
    writeDisks(client, place, mark, movedSlots(want, running), `the change of slots of VM ${place.vmid}`),
  );
}

/** Moves, growths, new disks, changes and removals. `noting` remembers what is written. */
export async function changeDisks(
  client: ProxmoxWriter,
  want: Want,
  mark: Mark,
  place: Place,
  noting: (build: Build) => Build,
): Promise<void> {
  const write = (build: Build): Promise<void> =>
    revertingFailures(client, place, () =>
      writeDisks(client, place, mark, noting(build), `the change of the disks of VM ${place.vmid}`),
    );
  const config = await presentConfig(client, place, mark);
  await write(keptAfterAll(want, await runningOf(client, want, place, config)));
  await moveDisks(client, place, mark, want);
  await growDisks(client, place, mark, want);
  // A change that waits for the next start has the size of before, so this comes after the growth.
  await write(addedAndChanged(want));
  await write(addedFirmware(want));
  await write(removed(want));
}

const slotsOf = ({ disks, efiDisk, tpmState }: Want): string[] => [
  ...Object.keys(disks),
  ...(efiDisk === null ? [] : [efiSlot]),
  ...(tpmState === null ? [] : [tpmSlot]),
];

/** The configuration without pending changes. It is asked for only if a declared slot looks empty. */
async function runningOf(client: ProxmoxWriter, want: Want, place: Place, config: GuestConfig): Promise<GuestConfig> {
  const isComplete = slotsOf(want).every((slot) => config.get(slot) !== undefined);
  return isComplete ? config : await runningConfig(client, place);
}

/** Takes back removals that wait for the next start: the disk is declared again, and must not give way to an empty one. */
const keptAfterAll =
  (want: Want, running: GuestConfig): Build =>
  (config) => {
    const kept = slotsOf(want).filter((slot) => config.get(slot) === undefined && isDisk(running, slot));
    if (kept.length === 0) return undefined;
    const boot = running.get("boot") ?? "";
    const isBooted = kept.some((slot) => boot.includes(slot));
    return { revert: [...kept, ...(isBooted ? ["boot"] : [])].join(",") };
  };

const isDisk = (config: GuestConfig, slot: string): boolean =>
  disksIn(config).has(slot) || ((slot === efiSlot || slot === tpmSlot) && config.get(slot) !== undefined);
