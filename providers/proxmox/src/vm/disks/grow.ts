import type { Mark } from "@nixops4-resources/protocol-core";
import type { Parameters } from "../../api/reader.ts";
import { followTask, upid } from "../../api/task.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { pathOf, type Place } from "../config/guest-config.ts";
import { guarded, untilFree, type Build } from "../config/write.ts";
import { imageIn, type Want } from "../inputs.ts";
import { names } from "../names.ts";
import { bytesOf, disksIn, gibibyte } from "./drive.ts";
import type { Site } from "./image.ts";

/** Resizes the disks that are smaller than wanted. A disk of the wanted size is left alone. */
export async function growDisks(client: ProxmoxWriter, place: Place, mark: Mark, { disks }: Want): Promise<void> {
  for (const [slot, { sizeGib }] of Object.entries(disks)) {
    const build: Build = (config) => {
      const drive = disksIn(config).get(slot);
      const isSmaller = drive !== undefined && bytesOf(drive) < sizeGib * gibibyte;
      return isSmaller ? { disk: slot, size: `${sizeGib}G` } : undefined;
    };
    await guarded(client, place, mark, build, (parameters) => resize(client, place, slot, parameters));
  }
}

/** The disk of a VM that this request has just created: an import has the size of the image at first. */
export async function growImported(
  client: ProxmoxWriter,
  place: Place,
  want: Want,
  { imageBytes }: Site,
): Promise<void> {
  const slot = imageIn(want)?.slot;
  const sizeGib = slot === undefined ? undefined : want.disks[slot]?.sizeGib;
  if (slot === undefined || sizeGib === undefined || imageBytes === sizeGib * gibibyte) return;
  await untilFree(place, () => resize(client, place, slot, { disk: slot, size: `${sizeGib}G` }));
}

async function resize(client: ProxmoxWriter, place: Place, slot: string, parameters: Parameters): Promise<void> {
  const inputNames = { ...names, disk: `disks.${slot}`, size: `disks.${slot}.sizeGib` };
  const task = await client.call("PUT", `${pathOf(place)}/resize`, parameters, upid, inputNames);
  await followTask(client, task, `the growth of ${slot} of VM ${place.vmid}`);
}
