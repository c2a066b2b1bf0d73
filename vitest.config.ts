import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const service = ["**/*.service.test.ts", "**/*.nix.test.ts"];
const setupFiles = ["./integration/scripts/vitest/cpu-seconds.ts", "./integration/scripts/vitest/no-console.ts"];

export default defineConfig({
  test: {
    reporters: ["default", "./integration/scripts/vitest/tally-reporter.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Of two processors vitest would leave one to itself, which has little to do. Every worker has servers of its own.
    maxWorkers: Math.min(availableParallelism(), 4),
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: service,
          setupFiles,
          // Some start processes, twenty at once among them.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "service",
          include: service,
          setupFiles,
          globalSetup: ["./integration/scripts/vitest/start-servers.ts"],
          // Twenty processes at once on two cores take their time, and so do fifty that are killed one after the other.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
