import { failure } from "../../api/failure.ts";
import { bytesOf, disksIn, gibibyte, storageOf, type Drive } from "../disks/drive.ts";
import type { Want } from "../inputs.ts";
import type { Template } from "./template.ts";

/**
 * The storage that a clone of the template names; undefined if each disk stays where it is. Throws if `disks` does not have
 * all disks of the template as the clone can have them: a disk that is left out would be detached by the next apply.
 */
export function targetStorage(want: Want, { vmid, config }: Template, full: boolean): string | undefined {
  const drives = [...disksIn(config).values()];
  const undeclared = drives.filter(({ slot }) => want.disks[slot] === undefined);
  if (undeclared.length > 0) throw notDeclared(vmid, undeclared);
  const pairs = drives.map((drive) => ({ drive, wanted: want.disks[drive.slot] }));
  const storages = new Set<string>();
  let isMoved = false;
  for (const { drive, wanted } of pairs) {
    if (wanted === undefined) continue;
    if (wanted.sizeGib * gibibyte < bytesOf(drive)) throw tooSmall(vmid, drive, wanted.sizeGib);
    const present = storageOf(drive.volume);
    if (wanted.storage !== present && !full) throw staysThere(vmid, drive);
    isMoved ||= wanted.storage !== present;
    storages.add(wanted.storage);
  }
  if (!isMoved) return undefined;
  const [storage, ...others] = storages;
  if (others.length > 0) throw severalStorages(vmid, [...storages]);
  return storage;
}

const sizeOf = (drive: Drive): number => Math.max(1, Math.ceil(bytesOf(drive) / gibibyte));

const notDeclared = (vmid: number, drives: readonly Drive[]): Error =>
  failure(
    `the template ${vmid} has the disk ${drives.map(({ slot }) => slot).join(", ")}, which \`disks\` does not have`,
    "proxmox.template.unusable",
    `Declare ${drives.map(declarationOf).join(" and ")}`,
  );

const declarationOf = (drive: Drive): string =>
  `\`disks.${drive.slot} = { storage = "${storageOf(drive.volume)}"; sizeGib = ${sizeOf(drive)}; }\``;

const tooSmall = (vmid: number, drive: Drive, sizeGib: number): Error =>
  failure(
    `the disk ${drive.slot} has ${sizeGib} GiB, and that of the template ${vmid} has ${bytesOf(drive) / gibibyte} GiB`,
    "proxmox.disk.shrinks",
    `Set \`disks.${drive.slot}.sizeGib\` to ${sizeOf(drive)} or more`,
  );

const staysThere = (vmid: number, { slot, volume }: Drive): Error =>
  failure(
    `a linked clone of the template ${vmid} has its disk ${slot} on the storage ${storageOf(volume)}`,
    "proxmox.template.unusable",
    `Set \`source.template.full = true\`, or declare \`disks.${slot}.storage = "${storageOf(volume)}"\``,
  );

const severalStorages = (vmid: number, storages: readonly string[]): Error =>
  failure(
    `Proxmox copies all disks of the template ${vmid} to one storage, and \`disks\` has ${storages.join(", ")}`,
    "proxmox.template.unusable",
    "Declare the same storage for all disks of the template, or the storages of the template",
  );
