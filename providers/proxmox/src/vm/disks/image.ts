import { codeOf } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { failure, isRejected } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import { virtualSizeOf } from "../../image/look.ts";
import { Identity } from "../identity/identity.ts";
import { imageIn, type Want } from "../inputs.ts";
import { gibibyte, storageOf } from "./drive.ts";

/** Where a new VM is created. */
export interface Site {
  readonly node: string;
  /** Size of the image in bytes; undefined without an image. */
  readonly imageBytes: number | undefined;
}

/** Source: PVE::API2::Storage::Content of pve-storage. */
const missing = /^volume_size_info on '[^']*' failed - no format$/;

/**
 * The first node that has the image, beginning with one that depends on the identity. A node that is down is left out if
 * another one can take the VM. Throws if the disk is too small for the image.
 */
export async function chooseSite(client: ProxmoxReader, want: Want): Promise<Site> {
  const order = [...new Set([new Identity(want).nodeOf(want.nodes), ...want.nodes])];
  const image = imageIn(want);
  if (image === undefined) return { node: await firstOnline(client, order), imageBytes: undefined };
  const disk = want.disks[image.slot];
  if (disk === undefined) throw noDisk(image.slot);
  let lost: Error | undefined;
  for (const node of order) {
    try {
      const imageBytes = await sizeOn(client, node, image.volume);
      if (imageBytes === undefined) continue;
      if (disk.sizeGib * gibibyte < imageBytes) throw tooSmall(image.slot, disk.sizeGib, image.volume, imageBytes);
      return { node, imageBytes };
    } catch (error) {
      if (!(error instanceof Error) || codeOf(error) !== "proxmox.node.unreachable") throw error;
      lost = error;
    }
  }
  if (lost !== undefined) throw lost;
  throw missingOn(image.volume, want.nodes);
}

const apiNodes = z.array(z.object({ node: z.string(), status: z.optional(z.string()) }));

/** The first of several nodes that is not down; the first one if all are, so that the error names it. */
async function firstOnline(client: ProxmoxReader, [first = "", ...others]: readonly string[]): Promise<string> {
  if (others.length === 0) return first;
  const nodes = await client.get("/nodes", apiNodes);
  const isOffline = (name: string): boolean => nodes.some(({ node, status }) => node === name && status === "offline");
  return [first, ...others].find((name) => !isOffline(name)) ?? first;
}

const missingOn = (volume: string, nodes: readonly string[]): Error =>
  failure(
    `the image ${volume} is not on ${nodes.join(", ")}`,
    "proxmox.image.missing",
    "Upload it with an `image` to one of these nodes, or change `nodes`",
  );

async function sizeOn(client: ProxmoxReader, node: string, volume: string): Promise<number | undefined> {
  try {
    return await virtualSizeOf(client, node, storageOf(volume), volume);
  } catch (error) {
    if (isRejected(error) && missing.test(error.words)) return undefined;
    throw error;
  }
}

const tooSmall = (slot: string, sizeGib: number, volume: string, bytes: number): Error =>
  failure(
    `the disk ${slot} has ${sizeGib} GiB, and the image ${volume} has ${bytes / gibibyte} GiB`,
    "proxmox.disk.shrinks",
    `Set \`disks.${slot}.sizeGib\` to ${Math.ceil(bytes / gibibyte)} or more`,
  );

const noDisk = (slot: string): Error =>
  failure(
    `the image has the slot ${slot}, for which no disk is declared`,
    "proxmox.image.missing",
    `Declare \`disks.${slot}\`, or change \`source.image.slot\``,
  );
