import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

const slowestCount = 10;

/**
 * Ends a run with the slowest files, each skipped test and its reason, and `N passed, N failed, N skipped` on a line of
 * its own.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    process.stdout.write(`${slowest(modules)}${skipped(modules)}${tally(modules, unhandledErrors)}\n`);
  }
}

/** With their processor time, which a busy machine does not change. */
function slowest(modules: readonly TestModule[]): string {
  const files = modules.map((module) => {
    const { duration, collectDuration } = module.diagnostic();
    const { cpuSeconds = 0 } = module.meta();
    return { name: module.relativeModuleId, seconds: (duration + collectDuration) / 1000, cpuSeconds };
  });
  const lines = files
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, slowestCount)
    .map(({ name, seconds, cpuSeconds }) => `  ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} CPU s: ${name}\n`);
  const total = files.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  return `Slowest of ${files.length} files, ${total.toFixed(1)} CPU s together:\n${lines.join("")}`;
}

function skipped(modules: readonly TestModule[]): string {
  const reasons = new Map<string, string[]>();
  for (const test of modules.flatMap((module) => [...module.children.allTests("skipped")])) {
    const result = test.result();
    const reason = (result.state === "skipped" && result.note) || "no reason given";
    reasons.set(reason, [...(reasons.get(reason) ?? []), test.fullName]);
  }
  return [...reasons]
    .map(([reason, names]) => `Skipped, ${reason}:\n${names.map((name) => `  ${name}\n`).join("")}`)
    .join("");
}

function tally(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): string {
  const count = (state: "passed" | "failed" | "skipped"): number =>
    modules.reduce((sum, module) => sum + [...module.children.allTests(state)].length, 0);
  // A file that cannot be read, a failing hook and an error between the tests are failures too.
  const broken = modules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .filter((part) => part.errors().length > 0);
  const failed = count("failed") + broken.length + unhandledErrors.length;
  return `${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`;
}
