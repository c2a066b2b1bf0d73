import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import * as z from "zod/mini";
import { failure, Rejected } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { exitOfTask, followTask, TaskFailed, upid } from "../api/task.ts";
import type { ProxmoxWriter } from "../api/writer.ts";

/** What a node downloads. */
export interface Download {
  readonly url: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly volume: string;
}

const apiTasks = z.array(z.object({ upid, id: z.optional(z.string()) }));

/** Waits for a download that an earlier request has started, and did not see the end of. */
export async function waitForDownload(client: ProxmoxReader, node: string, fileName: string): Promise<void> {
  const query = { source: "active", typefilter: "download" };
  const tasks = await client.get(`/nodes/${node}/tasks`, apiTasks, query);
  for (const task of tasks.filter(({ id }) => id === fileName)) {
    await exitOfTask(client, task.upid, `another request that downloads ${fileName} on ${node}`);
  }
}

/**
 * Makes the node download the image. It writes to another name, and gives the volume its own one after it has compared the
 * checksum. Source: PVE::Tools::download_file_from_url of pve-common.
 */
export async function downloadImage(
  client: ProxmoxWriter,
  node: string,
  storage: string,
  download: Download,
): Promise<void> {
  const { url, fileName, sha256 } = download;
  const parameters = {
    url,
    filename: fileName,
    content: "import",
    checksum: sha256,
    "checksum-algorithm": "sha256",
    "verify-certificates": 1,
  };
  try {
    const task = await client.call("POST", `/nodes/${node}/storage/${storage}/download-url`, parameters, upid);
    await followTask(client, task, `${node} to download ${url}`);
  } catch (error) {
    throw explained(error, node, download);
  }
}

function explained(error: unknown, node: string, download: Download): unknown {
  // Proxmox names no path if one of several rights would do.
  if (error instanceof Rejected && error.status === 403 && !error.words.includes("("))
    return mayNotDownload(node, error);
  if (!(error instanceof TaskFailed)) return error;
  const { exit } = error;
  const [, got] = /checksum mismatch: got '([0-9a-f]+)'/.exec(exit) ?? [];
  if (got !== undefined) return exit.endsWith(", aborting") ? otherContent(node, download) : otherHash(download, got);
  if (exit.startsWith("failed to verify file:")) return otherFormat(download, exit);
  const [, words] = /^download failed: (.*?)\.?$/.exec(exit) ?? [];
  return words === undefined ? error : notDownloaded(node, download, words, error);
}

const mayNotDownload = (node: string, cause: unknown): Error =>
  failure(
    `the token may not let ${node} download an image`,
    "proxmox.permission.denied",
    `Give the token of \`connection.token\`, and its user, a role with Sys.AccessNetwork on the path /nodes/${node}, or upload the image with \`file\``,
    cause,
  );

const otherContent = (node: string, { volume }: Download): Error =>
  failure(
    `the volume ${volume} on ${node} has another content than its name says`,
    "proxmox.image.invalid",
    `Delete it with \`pvesm free ${volume}\` on ${node}, then apply again`,
  );

const otherHash = ({ url, sha256 }: Download, got: string): Error =>
  failure(
    `the image at ${url} has the SHA-256 ${got}, and the inputs say ${sha256}`,
    "proxmox.image.invalid",
    "Check whether the publisher has replaced the image, then change `sha256` or `url`",
  );

const otherFormat = ({ url }: Download, exit: string): Error =>
  failure(
    `Proxmox does not import the image at ${url}: ${safeText(exit)}`,
    "proxmox.image.invalid",
    "Set `format` to the format of the image, or use one without a backing file",
  );

const notDownloaded = (node: string, { url }: Download, words: string, { logEnd }: TaskFailed): Error =>
  failure(
    `${node} could not download ${url}: ${safeText(words)}. ${logEnd}`,
    "proxmox.image.download",
    /certificate/.test(words)
      ? `Install the authority of the server on ${node}, or upload the image with \`file\``
      : `Check \`url\`, and that ${node} reaches the server; or upload the image with \`file\``,
  );
