import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { ReceivedFile } from "./received-file.ts";
import { checkChecksum, inspect, store, type Target } from "./store-image.ts";
import type { Parameters } from "../http/parameters.ts";
import { failure, notEmulated, textOf } from "../refusal.ts";
import type { Task } from "../tasks/task.ts";

/** Source: PVE/Tools.pm: download_file_from_url */
export async function download(target: Target, parameters: Parameters, task: Task): Promise<void> {
  const { storage, node, name } = target;
  if (parameters.has("compression")) {
    if (target.content !== "iso") throw failure(`decompression not supported for ${target.content}`);
    throw notEmulated("downloads that are decompressed");
  }
  const [url, path] = [parameters.required("url"), storage.pathOf(name)];
  task.log(`downloading ${url} to ${path}`);
  await task.pause();
  const existing = storage.find(node, name);
  if (existing !== undefined) {
    if (!parameters.has("checksum")) throw failure(`refusing to override existing file '${path}'`);
    checkChecksum(existing.checksums ?? new Map(), parameters, ", aborting");
    task.log("calculating checksum of existing file...OK, got correct file already, no need to download");
    return;
  }
  const file = await receive(url, task, parameters.text("verify-certificates") !== "0");
  const checksums = file.checksums();
  checkChecksum(checksums, parameters);
  await task.pause();
  store(target, sizeOf(`${path}.tmp_dwnl.${task.parts.pid}`, target, file), file, checksums);
  task.log(`download of '${url}' to '${path}' finished`);
}

function sizeOf(path: string, target: Target, file: ReceivedFile): number {
  try {
    return inspect(path, target, file);
  } catch (error) {
    throw failure(`failed to verify file: ${textOf(error)}`);
  }
}

/** The error is the last line that wget writes, or its exit code if that is empty. Source: PVE/Cmd.pm: run */
async function receive(url: string, task: Task, verifies: boolean): Promise<ReceivedFile> {
  const file = new ReceivedFile();
  let response: IncomingMessage;
  try {
    response = await get(url, verifies);
    for await (const chunk of response) file.write(Buffer.from(chunk));
  } catch (error) {
    throw failure(`download failed: ${lastLine(new URL(url), error)}`);
  }
  if (response.statusCode === 200) return file;
  if (response.statusCode !== 404) throw notEmulated(`downloads with the status ${response.statusCode}`);
  task.log("ERROR 404: Not Found.");
  throw failure("download failed: exit code 8");
}

/** As wget 1.25 with GnuTLS says it. */
function lastLine({ hostname, port }: URL, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ECONNREFUSED") return `Connecting to ${hostname}:${port}... failed: Connection refused.`;
  if (/SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) {
    return `ERROR: The certificate of \u2018${hostname}\u2019 doesn't have a known issuer.`;
  }
  throw notEmulated(`downloads that fail with ${String(error)}`);
}

function get(url: string, verifies: boolean): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = url.startsWith("https:")
      ? httpsRequest(url, { agent: false, rejectUnauthorized: verifies })
      : httpRequest(url, { agent: false });
    sent.once("response", resolve).once("error", reject).end();
  });
}
