import { currentSignal, log, ProviderError, waitFor } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import type { ProxmoxReader } from "./reader.ts";
import { looseNumber } from "./values.ts";

/** Source: PVE::Tools::upid_decode of pve-common. */
const form = /^UPID:([a-zA-Z0-9-]+):[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}:[0-9A-Fa-f]{8}:([^:\s/]+):([^:\s/]*):[^:\s/]+:$/;

/** The id of a task, as calls that start one answer it. */
export const upid = z.string().check(z.regex(form));

const apiStatus = z.object({ status: z.string(), exitstatus: z.optional(z.string()) });
const apiLog = z.array(z.object({ n: looseNumber, t: z.string() }));

/** The first wait between two looks at a task, and the longest. */
const [firstWaitMs, longestWaitMs] = [250, 2000];

/** Lines of the log that a message repeats: Proxmox writes an error at the end. */
const shownLines = 5;

/**
 * Waits until the task has ended, on the node that its id names. Throws with the end of its log unless it succeeded. `what`
 * completes "still waiting for ..."; a function says how far the work is at that moment.
 */
export async function followTask(
  client: ProxmoxReader,
  id: string,
  what: string | (() => string) = `the task ${inWords(id)}`,
): Promise<void> {
  const path = pathOf(id);
  const exit = await waitFor(what, () => untilStopped(client, path));
  if (exit === "OK") return;
  const lines = await lastLines(client, path);
  if (/^WARNINGS: \d+$/.test(exit)) {
    log.warn(`the task ${inWords(id)} succeeded with warnings`, { task: id, lines });
    return;
  }
  throw new TaskFailed(id, exit, lines);
}

/** A task ended with an error. */
export class TaskFailed extends ProviderError<ErrorCode> {
  /** What Proxmox says about the end, on one line. */
  readonly exit: string;
  /** The end of its log, as a sentence. */
  readonly logEnd: string;

  constructor(id: string, exit: string, lines: readonly string[]) {
    const logEnd = `Its log ends with: ${lines.join(" / ")}`;
    super(`the task ${inWords(id)} failed: ${safeText(exit)}. ${logEnd}`, {
      code: "proxmox.task.failed",
      hint: "Remove the cause that the log names, then apply again: the provider looks first",
    });
    this.logEnd = logEnd;
    this.exit = exit.trim().replaceAll(/\s*\n\s*/g, " ");
  }
}

/** Waits until the task has ended, however. Returns how. */
export const exitOfTask = (client: ProxmoxReader, id: string, what: string): Promise<string> =>
  waitFor(what, () => untilStopped(client, pathOf(id)));

async function untilStopped(client: ProxmoxReader, path: string): Promise<string> {
  const { setTimeout: pause } = await import("node:timers/promises");
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    await pause(waitMs, undefined, { signal: currentSignal() });
    const { status, exitstatus } = await client.get(`${path}/status`, apiStatus);
    if (status === "stopped") return exitstatus ?? "unexpected status";
  }
}

/** How the log of a task begins. */
export async function firstLines(client: ProxmoxReader, id: string): Promise<string[]> {
  const lines = await client.get(`${pathOf(id)}/log`, apiLog);
  return lines.map(({ t }) => t);
}

/** By default, Proxmox sends the first 50 lines only. */
async function lastLines(client: ProxmoxReader, path: string): Promise<string[]> {
  const lines = await client.get(`${path}/log`, apiLog, { limit: 0 });
  return lines.slice(-shownLines).map(({ t }) => safeText(t));
}

function pathOf(id: string): string {
  const [, node = ""] = partsOf(id);
  return `/nodes/${node}/tasks/${encodeURIComponent(id)}`;
}

/** `qmcreate 100 on pve1` */
function inWords(id: string): string {
  const [, node = "", type = "", of = ""] = partsOf(id);
  return `${[type, of].filter((part) => part !== "").join(" ")} on ${node}`;
}

function partsOf(id: string): RegExpExecArray {
  const parts = form.exec(id);
  if (parts === null) throw new TypeError("This is not the id of a task");
  return parts;
}
