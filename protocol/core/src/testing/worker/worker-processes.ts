import { readdirSync, readFileSync } from "node:fs";

/** Process ids of the workers of the provider with this main chunk, which this user sees; with a variable, of those that have it. */
export function workersOf(main: string, variable?: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [, script, argument] = contentOf(`/proc/${pid}/cmdline`);
      if (script !== main || argument !== "--worker") return false;
      return variable === undefined || contentOf(`/proc/${pid}/environ`).includes(variable);
    });
}

/** The texts in a file of /proc; none if the process has ended. */
function contentOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\0");
  } catch {
    return [];
  }
}
