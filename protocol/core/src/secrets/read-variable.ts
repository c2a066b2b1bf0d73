import { codeOf } from "../report/error.ts";
import { readUserFile, UnreadableFile } from "../files/read-user-file.ts";
import { unreadable } from "./read-secret.ts";

/** Larger than any environment: Linux allows 6 MiB. */
const largestEnvironmentBytes = 16_777_216;

/** The exact bytes of an environment variable. */
export async function readVariable(name: string, what: string): Promise<Buffer> {
  const value = process.env[name];
  if (value === undefined) {
    throw unreadable(
      what,
      `the environment variable ${name} is not set`,
      "secret.env.missing",
      `Set ${name} where nixops4 is started`,
    );
  }
  // Node decodes variables as UTF-8, and this character stands for every byte that is not.
  return value.includes("\uFFFD") ? await undecoded(name, value, what) : Buffer.from(value);
}

/** The bytes with which the process was started. Source: proc_pid_environ(5). */
async function undecoded(name: string, value: string, what: string): Promise<Buffer> {
  for (const entry of split(await environment())) {
    const at = entry.indexOf("=");
    if (entry.subarray(0, at).toString() !== name) continue;
    const bytes = entry.subarray(at + 1);
    if (bytes.toString() === value) return bytes;
  }
  throw unreadable(
    what,
    `the environment variable ${name} contains bytes that are not UTF-8, which cannot be read on this system`,
    "secret.env.bytes",
    "Put the secret into a file, and refer to it with `file`",
  );
}

async function environment(): Promise<Buffer> {
  try {
    return await readUserFile("/proc/self/environ", { largestBytes: largestEnvironmentBytes });
  } catch (error) {
    // Only Linux has it.
    if (error instanceof UnreadableFile || codeOf(error) !== "") return Buffer.alloc(0);
    throw error;
  }
}

function split(bytes: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
    end = bytes.indexOf(0, start);
    if (end < 0) end = bytes.length;
    entries.push(bytes.subarray(start, end));
  }
  return entries;
}
