import type { Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../../api/failure.ts";
import type { Parameters } from "../../api/reader.ts";
import { exitOfTask, followTask, TaskFailed, upid } from "../../api/task.ts";
import { newestTask } from "../../api/task-list.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { parseProperties } from "../config/property-string.ts";
import { pathOf, pendingKeys, type GuestConfig, type Place } from "../config/guest-config.ts";
import { guarded, presentConfig, wordsOf } from "../config/write.ts";
import type { Want } from "../inputs.ts";
import { names } from "../names.ts";
import { storageOf } from "./drive.ts";
import { efiSlot, tpmSlot } from "./firmware.ts";
import { atStorage } from "./storage-place.ts";
import { unnamedVolumes } from "./unnamed.ts";

/** A disk that is on another storage than the wanted one. */
interface Move {
  readonly slot: string;
  readonly from: string;
  readonly to: string;
}

function movesIn({ disks, efiDisk, tpmState }: Want, config: GuestConfig): Move[] {
  const firmware = { [efiSlot]: efiDisk, [tpmSlot]: tpmState };
  return Object.entries({ ...disks, ...firmware }).flatMap(([slot, disk]) => {
    const volume = parseProperties(config.get(slot) ?? "", "file").get("file");
    if (disk === null || volume === undefined || storageOf(volume) === disk.storage) return [];
    return [{ slot, from: storageOf(volume), to: disk.storage }];
  });
}

/**
 * Throws if a disk that moves to another storage has a change that waits for the next start: the change names the volume of
 * before, which is gone afterwards.
 */
export async function requireNoPending(
  client: ProxmoxWriter,
  want: Want,
  place: Place,
  config: GuestConfig,
): Promise<void> {
  const moves = movesIn(want, config);
  if (moves.length === 0) return;
  const pending = await pendingKeys(client, place);
  const waiting = moves.find(({ slot }) => pending.includes(slot));
  if (waiting === undefined) return;
  throw failure(
    `the disk ${waiting.slot} has a change that waits for the next start, so it does not move to ${waiting.to} now`,
    "proxmox.disk.moves",
    "Restart the VM, then apply again",
  );
}

/** Moves disks to their storages, with their data. Proxmox deletes a volume when its copy is complete and in use. */
export async function moveDisks(client: ProxmoxWriter, place: Place, mark: Mark, want: Want): Promise<void> {
  const config = await presentConfig(client, place, mark);
  await requireNoPending(client, want, place, config);
  for (const move of movesIn(want, config)) {
    await waitForOtherMove(client, place);
    await atStorage(place.node, move.to, () => moveDisk(client, place, mark, want, move));
  }
}

async function moveDisk(client: ProxmoxWriter, place: Place, mark: Mark, want: Want, move: Move): Promise<void> {
  const { slot, from, to } = move;
  const isAway = (config: GuestConfig): boolean => movesIn(want, config).some((one) => one.slot === slot);
  const build = (config: GuestConfig): Parameters | undefined =>
    isAway(config) ? { disk: slot, storage: to, delete: 1 } : undefined;
  try {
    await guarded(client, place, mark, build, (parameters) => send(client, place, move, parameters));
  } catch (error) {
    if (error instanceof TaskFailed) await warnOfLeft(client, place, mark, [to]);
    throw explained(error, place, move) ?? error;
  }
  await warnOfLeft(client, place, mark, [from, to]);
}

async function send(client: ProxmoxWriter, place: Place, { slot, from, to }: Move, parameters: Parameters) {
  client.warn(`the disk ${slot} of VM ${place.vmid} moves from the storage ${from} to ${to}, with its data`);
  const input = slot === efiSlot ? "efiDisk" : slot === tpmSlot ? "tpmState" : `disks.${slot}`;
  const inputNames = { ...names, disk: input, storage: `${input}.storage` };
  const task = await client.call("POST", `${pathOf(place)}/move_disk`, parameters, upid, inputNames);
  await followTask(client, task, `the move of ${slot} of VM ${place.vmid} to the storage ${to}`);
}

/** A request that was killed leaves its task, which goes on and holds the lock of the VM. */
async function waitForOtherMove(client: ProxmoxWriter, { node, vmid }: Place): Promise<void> {
  const task = await newestTask(client, node, vmid, "active", ["qmmove"]);
  if (task !== undefined) await exitOfTask(client, task.upid, `another move of a disk of VM ${vmid}`);
}

/** Reports what an interrupted move leaves, which nothing names. */
async function warnOfLeft(client: ProxmoxWriter, place: Place, mark: Mark, storages: readonly string[]): Promise<void> {
  const left = await unnamedVolumes(client, place, await presentConfig(client, place, mark), storages);
  if (left.length === 0) return;
  client.warn(`volumes of the id ${place.vmid} are left that its configuration does not name: ${left.join(", ")}`);
}

/** What Proxmox refuses. Source: move_vm_disk and clone_disk of qemu-server. */
function explained(error: unknown, { vmid }: Place, { slot, from, to }: Move): Error | undefined {
  const words = wordsOf(error);
  const stays = `the disk ${slot} of VM ${vmid} stays on the storage ${from}`;
  if (words.includes("you can't move a disk with snapshots and delete the source")) {
    return failure(
      `${stays}: it has snapshots, which would not move with it`,
      "proxmox.disk.moves",
      `Delete the snapshots that \`qm listsnapshot ${vmid}\` shows, or declare the storage ${from}`,
      error,
    );
  }
  if (words.includes("cannot move TPM state while VM is running")) {
    return failure(
      `${stays}: the VM runs, and its TPM state does not move to ${to} meanwhile`,
      "proxmox.disk.moves",
      'Set `power = "stopped"`, apply, and set it back',
      error,
    );
  }
  return undefined;
}
