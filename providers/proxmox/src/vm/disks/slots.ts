import { failure } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import type { GuestConfig } from "../config/guest-config.ts";
import type { Build } from "../config/write.ts";
import type { Want } from "../inputs.ts";
import { slotInUse } from "./change.ts";
import { bytesOf, changedDisk, disksIn, gibibyte, type Drive } from "./drive.ts";
import type { DiskInputs } from "./inputs.ts";

/** A disk that changes its slot. */
interface SlotMove {
  readonly to: string;
  readonly drive: Drive;
  readonly disk: DiskInputs;
}

/** Disks whose slot is free, while the slot from which they shall come has a disk. */
const slotMoves = ({ disks }: Want, config: GuestConfig, drives: ReadonlyMap<string, Drive>): SlotMove[] =>
  Object.entries(disks).flatMap(([to, disk]) => {
    const drive = disk.movedFrom === null ? undefined : drives.get(disk.movedFrom);
    return drive === undefined || config.get(to) !== undefined ? [] : [{ to, drive, disk }];
  });

/**
 * Moves disks to other slots in one write, which Proxmox carries out as a whole while the VM is off: it detaches the volume
 * and attaches it in the other slot, without a moment at which only the list of unused disks has it. `running` is the
 * configuration without pending changes: a killed task may have left the removal of the old slot pending.
 */
export const movedSlots =
  (want: Want, running: GuestConfig): Build =>
  (config) => {
    const moves = slotMoves(want, config, new Map([...disksIn(running), ...disksIn(config)]));
    if (moves.length === 0) return undefined;
    const present = config.get("boot") ?? "";
    const boot = moves.reduce((text, { to, drive: { slot } }) => renamed(text, slot, to), present);
    const needsController = moves.some(({ to }) => to.startsWith("scsi")) && config.get("scsihw") === undefined;
    return {
      delete: moves.map(({ drive: { slot } }) => slot).join(","),
      ...Object.fromEntries(moves.map(({ to, drive, disk }) => [to, changedDisk(drive, disk)])),
      ...(boot !== present && { boot }),
      ...(needsController && { scsihw: "virtio-scsi-single" }),
    };
  };

/** `order=virtio0;net0` with another slot. */
const renamed = (boot: string, from: string, to: string): string =>
  boot.replace(/(^|,)order=([^,]*)/, (_, before, order: string) => {
    const devices = order.split(";").map((device) => (device === from ? to : device));
    return `${before}order=${devices.join(";")}`;
  });

/** Throws if a disk that shall move to a slot is not there, or the slot is in use by something else. */
export function requireMovable({ disks }: Want, config: GuestConfig, running: GuestConfig): void {
  for (const [to, { movedFrom: from }] of Object.entries(disks)) {
    if (from === null) continue;
    const drive = disksIn(config).get(from) ?? disksIn(running).get(from);
    const taken = config.get(to);
    if (taken === undefined && drive === undefined) throw nothingToMove(to, from);
    if (taken !== undefined && !disksIn(config).has(to)) throw slotInUse(to, taken);
  }
}

const nothingToMove = (to: string, from: string): Error =>
  failure(
    `the disk ${to} shall come from ${from}, and neither slot has a disk`,
    "proxmox.disk.moves",
    `Set \`disks.${to}.movedFrom = null\` to make a new empty disk, or attach the disk by hand: \`qm set ID --${to} VOLUME\``,
  );

/** Warns if the inputs look as if a disk changed its slot: without `movedFrom`, the new slot gets an empty disk. */
export function warnOfEmptyDisks(client: ProxmoxReader, { disks }: Want, config: GuestConfig): void {
  const drives = disksIn(config);
  const left = [...drives.values()].filter(({ slot }) => disks[slot] === undefined && !isSource(disks, slot));
  for (const [to, { sizeGib, movedFrom }] of Object.entries(disks)) {
    if (movedFrom !== null || config.get(to) !== undefined) continue;
    const [like] = left.filter((drive) => bytesOf(drive) === sizeGib * gibibyte);
    if (like === undefined) continue;
    client.warn(
      `${to} gets a new empty disk, and the disk ${like.slot} of the same size is removed. If it is the same disk, set \`disks.${to}.movedFrom = "${like.slot}"\``,
    );
  }
}

const isSource = (disks: Want["disks"], slot: string): boolean =>
  Object.values(disks).some(({ movedFrom }) => movedFrom === slot);
