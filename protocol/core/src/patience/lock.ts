import { join } from "node:path";
import { reportHeldLock } from "./held-lock.ts";
import { LockFile } from "./lock-file.ts";
import { lockFolder } from "./lock-folder.ts";
import { isSharedReportDue } from "./shared-report.ts";
import { currentSignal, waitFor } from "./waiting.ts";

/** A lock or a place. Disposal releases it, and so does the end of the process, by SIGKILL too. */
export type Slot = Disposable;

/**
 * Waits until no other request of this user on this machine holds the lock `name`, and holds it: for a backend that has no
 * conditions on a write of its own. Another user counts as another machine. `name` says what is locked, not how it was
 * addressed: two spellings of one URL are two locks. `what` completes "still waiting for ...".
 */
export async function takeLock(name: string, what = `another process that uses ${name}`): Promise<Slot> {
  const path = join(lockFolder(), fileNameOf(name));
  const file = new LockFile(path);
  const take = (): LockFile | undefined => (file.tryTake() ? file : undefined);
  const taken = take();
  if (taken !== undefined) return taken;
  reportHeldLock(name);
  return await waitFor(
    what,
    () => untilTaken([file], take),
    () => isSharedReportDue(`${path}-reported`),
  );
}

/** The lock, or undefined if another request holds it. */
export async function tryLock(name: string): Promise<Slot | undefined> {
  const file = new LockFile(join(lockFolder(), fileNameOf(name)));
  if (file.tryTake()) return file;
  file[Symbol.dispose]();
  return undefined;
}

/** Waits for the lock of a file, without a report. */
export async function takeFile(path: string): Promise<Slot> {
  const file = new LockFile(path);
  return await untilTaken([file], () => (file.tryTake() ? file : undefined));
}

/** Longest wait between two looks at first, in milliseconds. */
const longestWaitMs = 50;

/**
 * Hundreds of processes that wait would take the time of those that work: with 50 ms, 200 of them spent 220 ms of CPU each.
 * Who has waited long looks less often: it loses a twentieth of its wait at most.
 */
const waitOf = (waitedMs: number): number => Math.min(waitedMs / 20, 500);

/**
 * Polls until `take` returns what it has taken, and then releases the other `files`. The kernel can wake no process that
 * waits for a file lock without blocking all of its other requests.
 */
export async function untilTaken(
  files: readonly LockFile[],
  take: () => LockFile | undefined,
  paceOf = (waitedMs: number): number => Math.max(longestWaitMs, waitOf(waitedMs)),
): Promise<Slot> {
  const signal = currentSignal();
  const started = performance.now();
  let taken: LockFile | undefined;
  try {
    for (let longest = 4; ; longest = Math.min(longest * 2, paceOf(performance.now() - started))) {
      taken = take();
      if (taken !== undefined) return taken;
      // Random, so that processes that wait for the same lock look at different times.
      await new Promise((resolve) => setTimeout(resolve, longest * (0.25 + 0.75 * Math.random())));
      // A request that has ended must not take a lock.
      signal.throwIfAborted();
    }
  } finally {
    for (const file of files) if (file !== taken) file[Symbol.dispose]();
  }
}

/** Room for what the users of a lock append. The longest name of a file has 255 bytes. */
const longestName = 150;

/** The name, encoded, so that people see what is held; hashed if it is too long for a file. */
export function fileNameOf(name: string): string {
  // A name that begins with a dot would mean a folder, or be hidden.
  const readable = encodeURIComponent(name.toWellFormed()).replace(/^\./, "%2E");
  if (readable.length <= longestName) return readable;
  // Loaded on demand: it takes 5 ms. An import would also load the part for browsers (10 ms).
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(name).digest("hex").slice(0, 40);
}
