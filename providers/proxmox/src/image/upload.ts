import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { randomBytes } from "node:crypto";
import { waitFor } from "@nixops4-resources/protocol-core";
import type { StreamedBody } from "@nixops4-resources/protocol-http";
import { followTask, upid } from "../api/task.ts";
import type { ProxmoxWriter } from "../api/writer.ts";

/** A file to upload. */
export interface Upload {
  readonly file: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Large reads, so that the server never waits: it ends an upload that stands still for 5 s without a word. */
const chunkBytes = 1024 * 1024;

/** Uploads the file, and waits until Proxmox has compared its checksum. An existing file of the name is replaced. */
export async function uploadImage(client: ProxmoxWriter, node: string, storage: string, upload: Upload): Promise<void> {
  const { fileName, sizeBytes } = upload;
  let sent = 0;
  const body = formOf(upload, (bytes) => (sent += bytes));
  const progress = (): string =>
    `the upload of ${fileName} to ${storage} on ${node} (${Math.floor((100 * Math.min(sent, sizeBytes)) / sizeBytes)} %)`;
  const task = await waitFor(progress, () => client.upload(`/nodes/${node}/storage/${storage}/upload`, body, upid));
  await followTask(client, task, `Proxmox to check the upload of ${fileName}`);
}

/** The fields in the order that Proxmox needs: it stops reading at the file. */
function formOf({ file, fileName, sizeBytes, sha256 }: Upload, onBytes: (bytes: number) => void): StreamedBody {
  const boundary = `nixops4-${randomBytes(16).toString("hex")}`;
  const field = (name: string, value: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head = Buffer.from(
    `${field("content", "import")}${field("checksum-algorithm", "sha256")}${field("checksum", sha256)}` +
      `--${boundary}\r\nContent-Disposition: form-data; name="filename"; filename="${fileName}"\r\n` +
      "Content-Type: application/octet-stream\r\n\r\n",
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: head.length + sizeBytes + tail.length,
    open: () => Readable.from(parts(file, sizeBytes, head, tail, onBytes)),
  };
}

async function* parts(
  file: string,
  sizeBytes: number,
  head: Buffer,
  tail: Buffer,
  onBytes: (bytes: number) => void,
): AsyncIterable<Buffer> {
  yield head;
  // Not more than announced, if the file has grown since.
  for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes, end: sizeBytes - 1 })) {
    onBytes(chunk.length);
    yield chunk;
  }
  yield tail;
}
