import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll } from "vitest";
import {
  ask,
  startProvider,
  type Finished,
  type Message,
  type ProviderProcess,
} from "../../testing/provider-process.ts";
import { workersOf } from "../../testing/worker/worker-processes.ts";
import { compileLauncher, type Launcher } from "../compile.ts";

/** A provider whose resource `moody` does what its inputs say, run from its sources. */
export const room = join(import.meta.dirname, "../../fixtures/room.ts");

const built = mkdtempSync(join(tmpdir(), "launchers-"));
afterAll(() => rmSync(built, { recursive: true, force: true }));

/** A launcher for the tests of one file. */
export function launcherOf(name: string, { main = room, ...rest }: Partial<Omit<Launcher, "file">> = {}): string {
  const file = join(built, name);
  compileLauncher({ file, node: process.execPath, main, ...rest });
  return file;
}

export const moody = (inputs: object): Message => ({
  createResourceRequest: {
    type: "moody",
    inputProperties: { connection: {}, managedBy: "prod", ...inputs },
    isStateful: true,
  },
});
export const fine = moody({ mood: "fine" });
export const slow = (seconds: number): Message => moody({ mood: "slow", seconds });

/** The process that answered. */
export function answererOf({ answers: [answer] }: Pick<Finished, "answers">): number {
  const pid = /"pid":(\d+)/.exec(JSON.stringify(answer))?.[1];
  if (pid === undefined) throw new Error(`No process id in ${JSON.stringify(answer)}.`);
  return Number(pid);
}

/** Launchers with a folder of their own. Disposal ends their workers. */
export class Launchers implements Disposable {
  readonly runtime = mkdtempSync(join(tmpdir(), "runtime-"));
  readonly folder = join(this.runtime, "nixops4-resources");
  readonly #launcher: string;
  readonly #main: string;

  constructor(launcher: string, main = room) {
    this.#launcher = launcher;
    this.#main = main;
  }

  /** Starts a launcher, without a request. */
  start(environment: Record<string, string> = {}, under: readonly string[] = []): ProviderProcess {
    return startProvider(this.#executable(environment, under));
  }

  /** Starts one, and sends it a request. */
  begin(request: Message, environment: Record<string, string> = {}): ProviderProcess {
    const started = this.start(environment);
    started.send(request);
    return started;
  }

  ask(request: Message, environment: Record<string, string> = {}, under: readonly string[] = []): Promise<Finished> {
    return ask(this.#executable(environment, under), request);
  }

  /** Whatever the launcher is given on stdin, and what it says. */
  run(input: string | Buffer, args: readonly string[] = [], environment: Record<string, string> = {}) {
    return spawnSync(this.#launcher, args, {
      input,
      encoding: "utf8",
      env: this.environment(environment),
      maxBuffer: 2 ** 28,
    });
  }

  environment(further: Record<string, string> = {}): Record<string, string> {
    return { PATH: process.env["PATH"] ?? "", XDG_RUNTIME_DIR: this.runtime, ...further };
  }

  /** What is in their folder, except the places. */
  get files(): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith("worker-"));
  }

  /** Process ids of their workers. */
  get workers(): number[] {
    return workersOf(this.#main, `XDG_RUNTIME_DIR=${this.runtime}`);
  }

  [Symbol.dispose](): void {
    for (const worker of this.workers) process.kill(worker, "SIGKILL");
    rmSync(this.runtime, { recursive: true, force: true });
  }

  #executable(environment: Record<string, string>, under: readonly string[]) {
    const own = { XDG_RUNTIME_DIR: this.runtime, ...environment };
    return { main: this.#main, launcher: this.#launcher, environment: own, under };
  }
}

/** Waits until it is true. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(20);
}

/** Whether this user may do what only root can. */
export const isRoot = process.getuid?.() === 0;
