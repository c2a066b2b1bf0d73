// Names of images on a storage. Volumes carry no notes, so the name tells deployment, image and content.
import type { ImageFormat } from "./format.ts";

/** Digits of the SHA-256 that a name contains. */
const digits = 16;

/** How every volume of an image begins, whatever its content (docs/adr/014-proxmox-access.md). */
const prefixOf = ({ managedBy, name }: { readonly managedBy: string; readonly name: string }): string =>
  `nixops4.${managedBy}.${name}-`;

export const fileNameOf = (
  image: { readonly managedBy: string; readonly name: string },
  sha256: string,
  format: ImageFormat,
): string => `${prefixOf(image)}${sha256.slice(0, digits)}.${format}`;

export const volumeOf = (storage: string, fileName: string): string => `${storage}:import/${fileName}`;

/** Whether a volume is an image of this name, with any content. */
export function isVersionOf(
  volume: string,
  { storage, ...image }: { readonly managedBy: string; readonly name: string; readonly storage: string },
): boolean {
  const rest = volume.slice(volumeOf(storage, prefixOf(image)).length);
  return volume.startsWith(volumeOf(storage, prefixOf(image))) && /^[0-9a-f]{16}\.(ova|qcow2|raw|vmdk)$/.test(rest);
}
