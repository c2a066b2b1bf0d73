import { readFileSync } from "node:fs";
import { afterAll } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Processor time of a test file, with the processes that it started and that have ended. */
    cpuSeconds?: number;
  }
}

const before = cpuSeconds();

// A setup file runs before the test file, so that this hook runs after all others.
// oxlint-disable-next-line no-empty-pattern -- vitest wants fixtures destructured
afterAll(({}, file) => {
  file.meta.cpuSeconds = cpuSeconds() - before;
});

/** Of this process; on Linux also of its ended children, whose time counts when they have been waited for. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + childSeconds();
}

/** Source: proc_pid_stat(5), fields 16 and 17, in ticks of 10 ms. */
function childSeconds(): number {
  if (process.platform !== "linux") return 0;
  const [, afterName = ""] = /^.*\) (.*)$/s.exec(readFileSync("/proc/self/stat", "utf8")) ?? [];
  const fields = afterName.split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
