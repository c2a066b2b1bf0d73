import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

/** Prints at the end of a run each skipped test with its reason, and the line `N passed, N failed, N skipped`. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: "passed" | "failed" | "skipped") =>
      tests.filter((test) => test.result().state === state).length;

    const reasons = new Map<string, string[]>();
    for (const test of tests) {
      const result = test.result();
      if (result.state !== "skipped") continue;
      const reason = result.note ?? "no reason given";
      reasons.set(reason, [...(reasons.get(reason) ?? []), test.fullName]);
    }
    const skipped = [...reasons].map(
      ([reason, names]) => `Skipped, ${reason}:\n${names.map((name) => `  ${name}\n`).join("")}`,
    );

    // A file that cannot be read, a failing hook and an error between tests count as failures.
    const broken = modules
      .flatMap((module) => [module, ...module.children.allSuites()])
      .filter((part) => part.errors().length > 0);
    const failed = count("failed") + broken.length + unhandledErrors.length;
    process.stdout.write(
      `${skipped.join("")}${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped\n`,
    );
  }
}
