import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const service = ["**/*.service.test.ts", "**/*.nix.test.ts"];
const setupFiles = ["./integration/scripts/vitest/cpu-seconds.ts", "./integration/scripts/vitest/no-console.ts"];

export default defineConfig({
  test: {
    reporters: ["default", "./integration/scripts/vitest/tally-reporter.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Three for each processor, since tests wait for servers, processes and locks two thirds of their time. At most 6, since
    // every worker starts servers.
    maxWorkers: Math.min(3 * availableParallelism(), 6),
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: service,
          setupFiles,
          // Some tests start up to twenty processes at once.
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
          // Some tests start twenty processes at once, or kill fifty one after the other. Two cores need long for that.
          testTimeout: process.env["WHOLE_CONTRACT"] === "1" ? 600_000 : 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
