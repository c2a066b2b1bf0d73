import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { compileLauncher } from "@nixops4-resources/protocol-core/launcher";
import { workersOf } from "@nixops4-resources/protocol-core/worker-processes";
import { mainOf } from "../deployed.ts";
import { cleanEnvironment } from "../timed-run.ts";

/** What a crowd of launchers, and the worker that they share, have cost. */
export interface CrowdRun {
  /** From the first start to the last answer. */
  readonly seconds: number;
  /** CPU of all launchers together, from their start to their end. */
  readonly launchersMs: number;
  /** CPU of the worker since the start of the crowd. */
  readonly workerMs: number;
  /** Memory of launchers and worker while all of them live, in MiB; shared pages count once (PSS). */
  readonly mib: number;
}

/** Builds the program that starts a crowd, and the launchers of a bench. */
export class Crowds {
  readonly #folder: string;
  readonly #program: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#program = join(folder, "crowd");
    const source = join(import.meta.dirname, "crowd.c");
    const { status, stderr } = spawnSync("cc", ["-O2", "-Wall", "-Wextra", "-Werror", source, "-o", this.#program], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`Unable to build crowd.c: ${stderr}`);
  }

  /** Sends each request to a launcher of its own, all at once. Throws if one fails. `under` is a program that starts all. */
  async run(provider: string, requests: readonly object[], under: readonly string[] = []): Promise<CrowdRun> {
    const launcher = this.#launcherOf(provider);
    const file = join(this.#folder, "requests");
    writeFileSync(file, requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
    const before = workerMsOf(provider);
    const argv: readonly [string, ...string[]] = [this.#program, file, launcher];
    const [program = "", ...args] = [...under, ...argv];
    const child = spawn(program, args, { env: cleanEnvironment(), stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const seconds = await readSeconds(lines, requests.length);
    const mib = pssMib(new Set([...descendantsOf(child.pid ?? 0), ...workersOf(mainOf(provider))]));
    const workerMs = workerMsOf(provider) - before;
    child.stdin.end();
    const end: { cpuMs: number } = JSON.parse((await lines.next()).value ?? "{}");
    await once(child, "close");
    return { seconds, launchersMs: end.cpuMs, workerMs, mib };
  }

  /** Waits until the worker has ended, so that the next crowd has to start one. */
  async cool(provider: string): Promise<void> {
    while (workersOf(mainOf(provider)).length > 0) await pause(100);
  }

  #launcherOf(provider: string): string {
    const file = join(this.#folder, `launcher-${provider}`);
    if (!existsSync(file)) compileLauncher({ file, node: process.execPath, main: mainOf(provider) });
    return file;
  }
}

async function readSeconds(lines: AsyncIterator<string>, count: number): Promise<number> {
  const failed: string[] = [];
  for (let answers = 0; ; answers++) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("The crowd ended without an answer.");
    if (!value.startsWith('{"seconds"')) {
      if (!/^{"\w+Response":{"outputP/.test(value)) failed.push(value);
      continue;
    }
    if (failed.length > 0) throw new Error(`${failed.length} of ${count} at once failed: ${failed[0]}`);
    if (answers !== count) throw new Error(`${answers} of ${count} at once have answered.`);
    const { seconds }: { seconds: number } = JSON.parse(value);
    return seconds;
  }
}

const workerMsOf = (provider: string): number =>
  workersOf(mainOf(provider)).reduce((sum, pid) => sum + Number(contentOf(pid, "schedstat").split(" ")[0]) / 1e6, 0);

const pssMib = (pids: ReadonlySet<number>): number =>
  [...pids].reduce((sum, pid) => sum + Number(/^Pss: +(\d+) kB$/m.exec(contentOf(pid, "smaps_rollup"))?.[1] ?? 0), 0) /
  1024;

/** Its children, and theirs. */
function descendantsOf(ancestor: number): number[] {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  // The program's name stands in parentheses and may contain anything.
  const parents = new Map(pids.map((pid) => [pid, Number(contentOf(pid, "stat").split(")").at(-1)?.split(" ")[2])]));
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid) ?? 0;
    return parent === ancestor || (parent > 1 && isBelow(parent));
  };
  return pids.filter(isBelow);
}

function contentOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
