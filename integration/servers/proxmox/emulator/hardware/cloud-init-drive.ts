import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cloudInitDocument } from "../cloud-init/documents.ts";

const run = promisify(execFile);

/** The drive that the guest reads, with the documents that `dump` shows. Source: commit_cloudinit_disk, generate_nocloud */
export async function writeCloudInitDrive(
  folder: string,
  vmid: number,
  values: ReadonlyMap<string, string>,
): Promise<string> {
  const documents = join(folder, `cloud-init-${vmid}`);
  await mkdir(documents, { recursive: true });
  const files = {
    "user-data": cloudInitDocument(values, vmid, "user"),
    "network-config": cloudInitDocument(values, vmid, "network"),
    "meta-data": cloudInitDocument(values, vmid, "meta"),
    "vendor-data": "",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(documents, name), text);
  const drive = `${documents}.iso`;
  await run("genisoimage", ["-quiet", "-iso-level", "3", "-J", "-R", "-V", "cidata", "-o", drive, documents]);
  return drive;
}
