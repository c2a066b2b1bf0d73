// The disks of firmware: `efidisk0` and `tpmstate0`.
import type { ProxmoxReader } from "../../api/reader.ts";
import type { GuestConfig } from "../config/guest-config.ts";
import { formatProperties, isOn, parseProperties } from "../config/property-string.ts";
import type { Build } from "../config/write.ts";
import type { Want } from "../inputs.ts";
import { storageOf } from "./drive.ts";
import type { EfiDisk, TpmState } from "./firmware-inputs.ts";

export const [efiSlot, tpmSlot] = ["efidisk0", "tpmstate0"];

/** Proxmox chooses the sizes itself. */
const efiText = ({ storage, type, preEnrolledKeys }: EfiDisk): string =>
  formatProperties(
    [
      ["file", `${storage}:0`],
      ["efitype", type],
      ["pre-enrolled-keys", preEnrolledKeys ? 1 : 0],
    ],
    "file",
  );

const tpmText = ({ storage, version }: TpmState): string =>
  formatProperties(
    [
      ["file", `${storage}:1`],
      ["version", version],
    ],
    "file",
  );

/** The declared ones as parameters of a create. */
export const firmwareParameters = ({ efiDisk, tpmState }: Want): Record<string, string> => ({
  ...(efiDisk !== null && { [efiSlot]: efiText(efiDisk) }),
  ...(tpmState !== null && { [tpmSlot]: tpmText(tpmState) }),
});

/** Those that are declared and not there. */
export const addedFirmware =
  (want: Want): Build =>
  (config) => {
    const missing = Object.entries(firmwareParameters(want)).filter(([key]) => config.get(key) === undefined);
    return missing.length > 0 ? Object.fromEntries(missing) : undefined;
  };

/** Source: the defaults of the formats of efidisk0 and tpmstate0 in qemu-server. */
export function seenEfiDisk(wanted: EfiDisk | null, config: GuestConfig): EfiDisk | null {
  const text = config.get(efiSlot);
  if (wanted === null || text === undefined) return null;
  const properties = parseProperties(text, "file");
  return {
    storage: storageOf(properties.get("file") ?? ""),
    type: properties.get("efitype") === "4m" ? "4m" : "2m",
    preEnrolledKeys: isOn(properties.get("pre-enrolled-keys")),
  };
}

export function seenTpmState(wanted: TpmState | null, config: GuestConfig): TpmState | null {
  const text = config.get(tpmSlot);
  if (wanted === null || text === undefined) return null;
  const properties = parseProperties(text, "file");
  return {
    storage: storageOf(properties.get("file") ?? ""),
    version: properties.get("version") === "v2.0" ? "v2.0" : "v1.2",
  };
}

/** Proxmox starts UEFI firmware without an EFI disk, too, with variables that last until the VM stops. */
export function warnWithoutEfiDisk(client: ProxmoxReader, { bios, efiDisk, name }: Want, config?: GuestConfig): void {
  if (bios !== "ovmf" || efiDisk !== null || config?.get(efiSlot) !== undefined) return;
  client.warn(
    `${name} has UEFI firmware without an EFI disk, so it forgets boot entries and keys whenever it stops. Declare \`efiDisk\` to keep them`,
  );
}
