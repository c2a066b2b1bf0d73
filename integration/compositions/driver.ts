import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { createInterface } from "node:readline";
import { findNix } from "@nixops4-resources/integration-nix/find-nix";
import { recordingOf } from "./recordings.ts";
import type { Surroundings } from "./surroundings.ts";

/** The steps of a deployment's life, each a file in `variants`. */
export type Variant =
  | "first"
  | "larger"
  | "moved"
  | "suspended"
  | "renamed"
  | "given-up"
  | "removed"
  | "stolen-names"
  | "stolen-domain";

/** What one run of the driver said. */
export interface Run {
  readonly status: number | null;
  /** The last state of each member: `created`, `unchanged`, `failed`, ... */
  readonly outcomes: Readonly<Record<string, string>>;
  readonly text: string;
}

const main = join(import.meta.dirname, "../driver/main.mjs");

/** Runs the driver on nixops4.nix, or on its recording where NixOps4's library is missing. */
export class Driver {
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  async run(command: string, variant: Variant, ...args: readonly string[]): Promise<Run> {
    const child = await this.#start(command, variant, args);
    return await ended(child, () => false);
  }

  /** Kills the driver and all its providers as soon as this many members have changed. */
  async runAndKill(command: string, variant: Variant, after: number, ...args: readonly string[]): Promise<Run> {
    const child = await this.#start(command, variant, args);
    let changed = 0;
    return await ended(child, (line) => / (created|updated) \(/.test(line) && ++changed === after);
  }

  async #start(command: string, variant: Variant, args: readonly string[]): Promise<ChildProcess> {
    const environment = { ...this.#surroundings.environment, APPS_VARIANT: variant };
    return start([command, ...args, ...(await source(variant, this.#surroundings))], environment);
  }
}

/** Runs the driver on any deployment. */
export const runDriver = (args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Run> =>
  ended(start(args, environment), () => false);

function start(args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [main, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
}

async function source(variant: Variant, { folder }: Surroundings): Promise<readonly string[]> {
  if (!("missing" in (await findNix()))) return ["--file", join(import.meta.dirname, "nixops4.nix")];
  const recording = join(folder, `${variant}.json`);
  await writeFile(recording, JSON.stringify(await recordingOf(variant)));
  return ["--recording", recording];
}

async function ended(child: ChildProcess, isTheTime: (line: string) => boolean): Promise<Run> {
  const lines: string[] = [];
  const outcomes: Record<string, string> = {};
  const read = async (stream: Readable | null): Promise<void> => {
    if (stream === null) return;
    for await (const line of createInterface({ input: stream })) {
      lines.push(line);
      const [, member, state] = /^([\w.-]+): (\w+)/.exec(line) ?? [];
      if (member !== undefined && state !== undefined) outcomes[member] = state;
      if (isTheTime(line) && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }
  };
  const [[status]] = await Promise.all([once(child, "exit"), read(child.stdout), read(child.stderr)]);
  return { status: typeof status === "number" ? status : null, outcomes, text: lines.join("\n") };
}
