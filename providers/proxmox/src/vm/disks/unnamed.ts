import * as z from "zod/mini";
import { Rejected } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import type { GuestConfig, Place } from "../config/guest-config.ts";

const apiContent = z.array(z.object({ volid: z.string() }));

/** States of the memory, which belong to snapshots. */
const memoryState = /-state-/;

/** Volumes under the id that the configuration does not name. */
export async function unnamedVolumes(
  client: ProxmoxReader,
  { node, vmid }: Place,
  config: GuestConfig,
  storages: Iterable<string>,
): Promise<string[]> {
  const named = config.matching(/^(scsi|virtio|sata|ide|efidisk|tpmstate|unused)[0-9]+$/).map(([, text]) => text);
  const isNamed = (volume: string): boolean => named.some((text) => text.split(",").includes(volume));
  const unnamed: string[] = [];
  for (const storage of new Set(storages)) {
    const path = `/nodes/${node}/storage/${storage}/content`;
    try {
      const found = await client.get(path, apiContent, { content: "images", vmid });
      unnamed.push(...found.map(({ volid }) => volid).filter((one) => !isNamed(one) && !memoryState.test(one)));
    } catch (error) {
      // Without the right to look, nothing is reported.
      if (!(error instanceof Rejected)) throw error;
    }
  }
  return unnamed;
}
