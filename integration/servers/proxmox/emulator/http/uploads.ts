import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lengthOf } from "./body.ts";
import { MultipartReader } from "./multipart.ts";
import type { Route } from "./route.ts";
import { NoAnswer } from "../refusal.ts";
import { ReceivedFile } from "../storage/received-file.ts";

/** Whether the body of this request is an upload. Without a length it is none. Reference: section 13, upload */
export const isUpload = (request: IncomingMessage, { path, method }: Route): boolean =>
  method === "POST" &&
  path.endsWith("/upload") &&
  lengthOf(request) > 0 &&
  (request.headers["content-type"] ?? "").startsWith("multipart/form-data");

/** An upload that stands still for 5 s is cut off without an answer. */
const longestPause = 5000;

/** The files of uploads, by the name of their temporary file. */
export class UploadedFiles {
  readonly #files = new Map<string, ReceivedFile>();
  readonly #folder: string | undefined;

  /** The folder in which their bytes are kept; without it they are not. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  begin(): ReceivedFile {
    if (this.#folder === undefined) return new ReceivedFile();
    return new ReceivedFile(join(this.#folder, randomBytes(16).toString("hex")));
  }

  add(file: ReceivedFile): string {
    const name = `/var/tmp/pveupload-${randomBytes(16).toString("hex")}`;
    this.#files.set(name, file);
    return name;
  }

  /** Its owner has it from now on. */
  take(name: string): ReceivedFile | undefined {
    const file = this.#files.get(name);
    this.#files.delete(name);
    return file;
  }
}

/** Receives an upload and returns its parameters. */
export async function receiveUpload(request: IncomingMessage, files: UploadedFiles): Promise<[string, string][]> {
  const [, boundary = ""] = /boundary="?([^";]+)"?/.exec(request.headers["content-type"] ?? "") ?? [];
  const received: { file: ReceivedFile | undefined } = { file: undefined };
  const reader = new MultipartReader(
    boundary,
    () => {
      received.file = files.begin();
    },
    (chunk) => received.file?.write(chunk),
  );
  const chunks = request.iterator({ destroyOnReturn: false });
  for (;;) {
    const next = await Promise.race([chunks.next(), sleep(longestPause, "late" as const, { ref: false })]);
    if (next === "late") throw new NoAnswer();
    if (next.done === true) break;
    reader.push(Buffer.from(next.value));
  }
  const { file } = received;
  if (file === undefined || reader.fileName === undefined) return [...reader.fields];
  return [...reader.fields, ["filename", reader.fileName], ["tmpfilename", files.add(file)]];
}
