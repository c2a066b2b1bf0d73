import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { cleanEnvironment } from "./timed-run.ts";

export interface GroupRun {
  readonly seconds: number;
  /** Largest memory of all its processes together, in MiB; shared pages count once (PSS). */
  readonly peakMib: number;
}

/**
 * Runs a program in a process group of its own, with all that it starts. `lookMs` is the pause between two looks at the
 * memory. Throws if the program fails.
 */
export async function groupRun([program = "", ...args]: readonly string[], lookMs: number): Promise<GroupRun> {
  const started = performance.now();
  const child = spawn(program, args, { detached: true, stdio: ["ignore", "ignore", "pipe"], env: cleanEnvironment() });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  let peakKib = 0;
  const looking = setInterval(() => (peakKib = Math.max(peakKib, groupKib(child.pid ?? 0))), lookMs);
  const [status] = await once(child, "close");
  const seconds = (performance.now() - started) / 1000;
  clearInterval(looking);
  if (status !== 0) throw new Error(`${program} failed: ${stderr.slice(-2000)}`);
  return { seconds, peakMib: peakKib / 1024 };
}

/** Memory of all processes of a group, in KiB. */
function groupKib(group: number): number {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .reduce((sum, pid) => sum + (groupOf(pid) === group ? pssKib(pid) : 0), 0);
}

/** The program's name stands in parentheses and may contain anything. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const groupOf = (pid: string): number => Number(contentOf(`/proc/${pid}/stat`).split(")").at(-1)?.split(" ")[3]);

const pssKib = (pid: string): number =>
  Number(/^Pss: +(\d+) kB$/m.exec(contentOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);

/** Empty if the process has ended. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
