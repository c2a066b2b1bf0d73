import type { GuestConfig } from "../config/guest-config.ts";
import { driveKeys, isDriveKey } from "./keys.ts";
import { isCd, parseDrive } from "./drive.ts";
import { splitList } from "../../http/parameters.ts";

/** The devices of `order=`. */
export function bootOrder(boot: string | undefined): readonly string[] {
  const [, order = ""] = /(?:^|,)order=([^,]*)/.exec(boot ?? "") ?? [];
  return splitList(order);
}

/** An order that is empty reads back as one blank. Reference: section 13, disks */
export const printBootOrder = (devices: readonly string[]): string =>
  devices.length === 0 ? " " : `order=${devices.join(";")}`;

/** The first disk, the first CD and the first card. Source: get_default_bootdevices */
export function defaultBootOrder(values: ReadonlyMap<string, string>): string {
  const bootable = driveKeys.filter((key) => values.has(key) && !/^(efidisk|tpmstate)/.test(key));
  const isCdKey = (key: string): boolean => isCd(parseDrive(key, values.get(key) ?? ""));
  const disk = bootable.find((key) => !isCdKey(key));
  const cd = bootable.find(isCdKey);
  const [card] = [...values.keys()].filter((key) => /^net\d+$/.test(key)).sort();
  return printBootOrder([disk, cd, card].filter((device) => device !== undefined));
}

/** The disks that the running VM boots from, which cannot be unplugged. */
export const bootDisks = ({ current }: GuestConfig): readonly string[] =>
  bootOrder(current.get("boot")).filter(isDriveKey);
