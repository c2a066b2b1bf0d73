import type { ProxmoxReader } from "../api/reader.ts";
import type { Found } from "./identity/find.ts";
import { factsIn } from "./identity/machine-mark.ts";
import { imageIn, templateIn, type Want } from "./inputs.ts";

/** Tells that the VM was created from another image or template than the inputs now have. It keeps its disks. */
export function warnOfOtherSource(client: ProxmoxReader, want: Want, { vmid, mark }: Found): void {
  const present = sourceInWords(factsIn(mark)?.image, factsIn(mark)?.template);
  const wanted = sourceInWords(imageIn(want)?.volume, templateIn(want)?.vmid);
  if (present === undefined || wanted === undefined || present === wanted) return;
  client.warn(`the VM ${vmid} was created from ${present}, and keeps its disks: ${wanted} applies to new VMs only`);
}

const sourceInWords = (image: string | undefined, template: number | undefined): string | undefined =>
  template === undefined ? image : `the template ${template}`;
