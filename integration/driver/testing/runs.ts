import { spawn, type ChildProcess } from "node:child_process";
import { on, once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { RecordedMember } from "../recording/recording.ts";
import { run as runCommand } from "../run.ts";
import { connected } from "./recordings.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const main = fileURLToPath(new URL("../main.mjs", import.meta.url));

/** Starts the driver. */
export function start(...args: string[]) {
  // A process group of its own, as for a command in a terminal.
  const child = spawn(process.execPath, [main, ...args], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  // A test that fails must not leave anything running.
  onTestFinished(() => endGroup(child));
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { child, ended: ended.then(([stdout, stderr, [status]]) => ({ stdout, stderr, status: Number(status) })) };
}

/** Runs the driver until it ends. */
export const run = (...args: string[]) => start(...args).ended;

const findNix = () => Promise.reject(new Error("a recording needs no Nix"));

/** Runs the driver in this process, for a person who answers like this; undefined if nobody can answer. */
export async function runHere(answer: (() => Promise<string>) | undefined, ...args: string[]) {
  const screens = { stdout: new PassThrough(), stderr: new PassThrough() };
  const texts = Promise.all([text(screens.stdout), text(screens.stderr)]);
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return (await answer?.()) ?? "";
  };
  const status = await runCommand(args, {
    env: process.env,
    ...screens,
    ask: answer === undefined ? undefined : ask,
    findNix,
  });
  screens.stdout.end();
  screens.stderr.end();
  const [stdout, stderr] = await texts;
  return { stdout, stderr, status, questions };
}

/** Writes a recording to a file. `makeMembers` receives the path of the request log and a folder, where members can wait for `gate`. */
export async function recorded(makeMembers: (requestLog: string, folder: string) => RecordedMember[]) {
  const folder = await temporaryFolder();
  const requestLog = join(folder, "requests");
  await writeFile(requestLog, "");
  const file = join(folder, "deployment.json");
  await writeFile(file, JSON.stringify(connected(...makeMembers(requestLog, folder))));
  const gate = join(folder, "gate");
  return { file, requestLog, gate, openGate: () => writeFile(gate, "") };
}

/** Waits until the providers received this many creates, or other requests. */
export async function hasStarted(requestLog: string, count: number, kind = "createResourceRequest"): Promise<void> {
  while ((await readFile(requestLog, "utf8")).split(`"${kind}"`).length <= count) await sleep(10);
}

export async function hasSaid({ stderr }: { stderr: Readable }, words: string): Promise<void> {
  for await (const [chunk] of on(stderr, "data")) if (String(chunk).includes(words)) return;
}

export function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // The whole group has ended.
  }
}

export function pressCtrlC({ pid }: ChildProcess): void {
  // Like a terminal, this sends the signal to the driver and to its providers.
  if (pid !== undefined) process.kill(-pid, "SIGINT");
}
