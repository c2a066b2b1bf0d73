import { somethingElse, type ProviderError, type Seen } from "@nixops4-resources/protocol-core";
import { failure } from "../../api/failure.ts";
import type { inputs, outputs, Want } from "../inputs.ts";

type SeenVm = Seen<typeof inputs, typeof outputs>;

/** Why the disks that exist cannot become the wanted ones. */
export function refuseDisks(want: Want, seen: SeenVm): ProviderError | undefined {
  const staysOn = want.power === "running" && seen.inputs.power === "running";
  return refuseSizes(want, seen) ?? refuseFirmware(want, seen) ?? refuseWhileOn(want, seen, staysOn);
}

function refuseSizes({ disks }: Want, seen: SeenVm): ProviderError | undefined {
  const present = disksOf(seen);
  for (const [slot, { sizeGib, movedFrom }] of Object.entries(disks)) {
    const earlier = movedFrom === null ? undefined : present[movedFrom];
    const disk = present[slot] ?? earlier;
    if (disk === undefined) continue;
    if (present[slot] !== undefined && earlier !== undefined && movedFrom !== null) {
      return failure(
        `${slot} and ${movedFrom} both have a disk, so none of them can move`,
        "proxmox.disk.moves",
        `Set \`disks.${slot}.movedFrom = null\`, and declare \`disks.${movedFrom}\` unless it shall be removed`,
      );
    }
    if (disk.sizeGib > sizeGib) {
      return failure(
        `the disk ${slot} has ${disk.sizeGib} GiB, and the inputs say ${sizeGib} GiB: a disk does not shrink`,
        "proxmox.disk.shrinks",
        `Set \`disks.${slot}.sizeGib\` to ${Math.ceil(disk.sizeGib)} or more`,
      );
    }
  }
  return undefined;
}

/** Proxmox would make a new EFI disk or TPM state in place of the present one. */
function refuseFirmware({ efiDisk, tpmState }: Want, seen: SeenVm): ProviderError | undefined {
  const efi = valueOf(seen.inputs.efiDisk);
  const tpm = valueOf(seen.inputs.tpmState);
  if (efi && efiDisk !== null && (efi.type !== efiDisk.type || efi.preEnrolledKeys !== efiDisk.preEnrolledKeys)) {
    return failure(
      `the EFI disk has type ${efi.type} ${efi.preEnrolledKeys ? "and keys" : "without keys"}, which cannot change`,
      "proxmox.disk.fixed",
      `Declare \`efiDisk.type = "${efi.type}"\` and \`efiDisk.preEnrolledKeys = ${efi.preEnrolledKeys}\`, or null`,
    );
  }
  if (tpm && tpmState !== null && tpm.version !== tpmState.version) {
    return failure(
      `the TPM state has version ${tpm.version}, which cannot change`,
      "proxmox.disk.fixed",
      `Declare \`tpmState.version = "${tpm.version}"\`, or null`,
    );
  }
  return undefined;
}

/**
 * A guest may use a disk whose slot changes, and Proxmox refuses to move the state of a TPM that is in use. `isOn` is
 * whether the VM runs and is not stopped by this request.
 */
export function refuseWhileOn({ disks, tpmState }: Want, seen: SeenVm, isOn: boolean): ProviderError | undefined {
  if (!isOn) return undefined;
  const present = disksOf(seen);
  const moved = Object.entries(disks).find(
    ([slot, { movedFrom }]) => movedFrom !== null && present[slot] === undefined && present[movedFrom] !== undefined,
  );
  const tpm = valueOf(seen.inputs.tpmState);
  const isTpmMoved = tpm && tpmState !== null && tpm.storage !== tpmState.storage;
  if (moved === undefined && !isTpmMoved) return undefined;
  const what =
    moved === undefined ? "the TPM state to another storage" : `the disk ${moved[1].movedFrom} to the slot ${moved[0]}`;
  return failure(
    `the VM ${seen.outputs.vmid} runs, and ${what} moves only while it is off`,
    "proxmox.disk.moves",
    'Set `power = "stopped"`, apply, and set it back',
  );
}

const valueOf = <T>(seen: T | typeof somethingElse | undefined): T | undefined =>
  seen === somethingElse ? undefined : seen;

function disksOf(seen: SeenVm): Readonly<Record<string, Want["disks"][string] | undefined>> {
  return valueOf(seen.inputs.disks) ?? {};
}
