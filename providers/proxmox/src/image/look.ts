import * as z from "zod/mini";
import { failure } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { isSet, looseFlag, looseNumber, numberOf } from "../api/values.ts";

const apiContent = z.array(z.object({ volid: z.string(), size: looseNumber }));
const apiVolume = z.object({ size: looseNumber });
const apiStorages = z.array(
  z.object({
    storage: z.string(),
    type: z.string(),
    content: z.string(),
    active: z.optional(looseFlag),
    shared: z.optional(looseFlag),
    avail: z.optional(looseNumber),
  }),
);
const apiVersion = z.object({ version: z.string() });

/** A volume with an image, on one node. */
export interface Volume {
  readonly volume: string;
  readonly sizeBytes: number;
}

/** All images of a node's storage. */
export async function imagesOn(client: ProxmoxReader, node: string, storage: string): Promise<Volume[]> {
  const rows = await client.get(`/nodes/${node}/storage/${storage}/content`, apiContent, { content: "import" });
  return rows.map(({ volid, size }) => ({ volume: volid, sizeBytes: numberOf(size) }));
}

/** Size of the disk in the image; the list shows the size of the file. */
export async function virtualSizeOf(
  client: ProxmoxReader,
  node: string,
  storage: string,
  volume: string,
): Promise<number> {
  const path = `/nodes/${node}/storage/${storage}/content/${encodeURIComponent(volume)}`;
  return numberOf((await client.get(path, apiVolume)).size);
}

/** Types of storages that keep files. Source: PVE::Storage::Plugin of pve-storage. */
const fileTypes = ["btrfs", "cephfs", "cifs", "dir", "nfs"];

/**
 * Throws what would make the upload fail after its last byte: Proxmox looks at it only then. Returns whether all nodes share
 * the storage.
 */
export async function requireUsable(
  client: ProxmoxReader,
  node: string,
  storage: string,
  sizeBytes: number,
): Promise<{ isShared: boolean }> {
  const rows = await client.get(`/nodes/${node}/storage`, apiStorages, { storage });
  const found = rows.find((row) => row.storage === storage);
  if (found === undefined || !isSet(found.active ?? 1)) throw unusable(node, storage);
  const { type, content, shared = 0, avail } = found;
  if (!fileTypes.includes(type)) throw noFiles(storage, type);
  const contents = content.split(",").filter((word) => word !== "");
  if (!contents.includes("import")) throw await withoutImport(client, storage, contents);
  if (avail !== undefined && numberOf(avail) < sizeBytes) throw full(node, storage, numberOf(avail), sizeBytes);
  return { isShared: isSet(shared) };
}

async function withoutImport(client: ProxmoxReader, storage: string, contents: readonly string[]): Promise<Error> {
  const { version } = await client.get("/version", apiVersion);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 8 || (major === 8 && minor < 4)) {
    return failure(
      `images need Proxmox VE 8.4, and the cluster has ${version}`,
      "proxmox.version.unsupported",
      "Upgrade the cluster",
    );
  }
  return failure(
    `the storage ${storage} does not have the content type import`,
    "proxmox.storage.unusable",
    `Run \`pvesm set ${storage} --content ${[...contents, "import"].join(",")}\` on a node`,
  );
}

const unusable = (node: string, storage: string): Error =>
  failure(
    `the node ${node} has no active storage ${storage} that the token may see`,
    "proxmox.storage.unusable",
    `Check \`pvesm status\` on ${node}, and give the token a role with Datastore.Audit on the path /storage/${storage}`,
  );

const noFiles = (storage: string, type: string): Error =>
  failure(
    `the storage ${storage} of type ${type} stores no files, which images are`,
    "proxmox.storage.unusable",
    "Use a storage of the types directory, NFS, CIFS, CephFS or BTRFS",
  );

const full = (node: string, storage: string, free: number, needed: number): Error =>
  failure(
    `the storage ${storage} on ${node} has ${free} bytes free, and the image has ${needed}`,
    "proxmox.storage.full",
    "Delete what nobody needs there, or use another storage",
  );
