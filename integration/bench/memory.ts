import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { median } from "./measure.ts";
import { cleanEnvironment } from "./timed-run.ts";

/**
 * Private memory of each of many running providers, in MiB (Private_Clean and Private_Dirty of smaps_rollup). They start
 * together against a backend that does not answer, and are measured when their memory no longer changes.
 */
export async function privateMemoryMib(argv: readonly string[], request: (start: number) => object, count: number) {
  const [program = "", ...args] = argv;
  const children = Array.from({ length: count }, (_, start) => {
    const child = spawn(program, args, { env: cleanEnvironment(), stdio: ["pipe", "ignore", "ignore"] });
    child.stdin.write(`${JSON.stringify(request(start))}\n`);
    return child;
  });
  try {
    let before = -1;
    for (;;) {
      const now = children.map(privateKib);
      const total = now.reduce((sum, kib) => sum + kib, 0);
      if (Math.abs(total - before) < total / 200)
        return { median: median(now) / 1024, largest: Math.max(...now) / 1024 };
      before = total;
      await pause(1000);
    }
  } finally {
    const ends = children.map((child) => once(child, "exit"));
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(ends);
  }
}

function privateKib({ pid }: ChildProcess): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return [...rollup.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)].reduce((sum, [, kib]) => sum + Number(kib), 0);
}
