import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canCompile, compileLauncher } from "../../launcher/compile.ts";
import { ask, type Executable, type Message, type Shown } from "../provider-process.ts";
import { workersOf } from "./worker-processes.ts";

/**
 * What THROUGH_WORKER or a contract's terms ask for: the contract's requests go to launchers and a worker, each to a launcher of its own. With
 * `only`, a launcher that would become the provider fails instead; with `killed`, the workers are killed at random times.
 */
export type Way = "only" | "killed";

function wayOf(value: string | undefined): Way | undefined {
  if (value === undefined || value === "") return undefined;
  if (value === "only" || value === "killed") return value;
  throw new Error(`THROUGH_WORKER must be "only" or "killed", got ${JSON.stringify(value)}.`);
}

/** Tells the workers of a contract from those of others that run at the same time. */
const ownVariable = "WORKERS_OF";

/** Longest time between two kills of the workers, in milliseconds. */
const longestLifeMs = 3000;

/** Launchers in place of a provider's process. Disposal ends the kills. */
export class ThroughWorker implements Disposable {
  readonly executable: Executable;
  readonly #folder = mkdtempSync(join(tmpdir(), "through-worker-"));
  #killing: NodeJS.Timeout | undefined;
  #kills = 0;

  private constructor(executable: Executable, way: Way) {
    const launcher = join(this.#folder, "launcher");
    const { main } = executable;
    compileLauncher({ file: launcher, node: process.execPath, main, macros: way === "only" ? { NO_FALLBACK: 1 } : {} });
    // A folder of its own has places of its own. Otherwise, crowds of several contracts that wait for each other could share these.
    const environment = { ...executable.environment, [ownVariable]: this.#folder, XDG_RUNTIME_DIR: this.#folder };
    this.executable = { ...executable, launcher, environment };
    if (way === "killed") this.#killLater();
  }

  /** Undefined if the requests go to the provider itself. */
  static for(executable: Executable, usual?: Way): ThroughWorker | undefined {
    const way = wayOf(process.env["THROUGH_WORKER"]) ?? (canCompile() ? usual : undefined);
    return way === undefined ? undefined : new ThroughWorker(executable, way);
  }

  /** Whether workers are killed, so that their requests are repeated. Then none should hang beside: each would be a process. */
  get areRepeated(): boolean {
    return this.#killing !== undefined;
  }

  /** How often the workers were killed so far. */
  get kills(): number {
    return this.#kills;
  }

  /** Kills no more until the disposal. */
  rest(): Disposable {
    const isKilling = this.areRepeated;
    this.#stop();
    return { [Symbol.dispose]: () => void (isKilling && this.#killLater()) };
  }

  [Symbol.dispose](): void {
    this.#stop();
    rmSync(this.#folder, { recursive: true });
  }

  #stop(): void {
    clearTimeout(this.#killing);
    this.#killing = undefined;
  }

  #killLater(): void {
    this.#killing = setTimeout(() => {
      this.#kills++;
      for (const worker of workersOf(this.executable.main, `${ownVariable}=${this.#folder}`))
        process.kill(worker, "SIGKILL");
      this.#killLater();
    }, Math.random() * longestLifeMs);
  }
}

/** Sends each request to a launcher of its own, in place of one process for all (`TaggedSession`). */
export class LauncherSession {
  readonly #executable: Executable;
  readonly #shown: Shown[] = [];

  constructor(executable: Executable) {
    this.#executable = executable;
  }

  async ask(request: Message, onStderr?: (text: string) => void): Promise<Shown> {
    const shown = await ask(this.#executable, request, onStderr);
    this.#shown.push(shown);
    return shown;
  }

  /** All that the launchers have shown. */
  async finish(): Promise<Shown> {
    const textOf = (part: "stdout" | "stderr" | "commandLine"): string =>
      this.#shown.map((shown) => shown[part] ?? "").join("");
    return {
      answers: this.#shown.flatMap(({ answers }) => answers),
      outcomes: this.#shown.flatMap(({ outcomes }) => outcomes),
      stdout: textOf("stdout"),
      stderr: textOf("stderr"),
      commandLine: textOf("commandLine"),
    };
  }
}
