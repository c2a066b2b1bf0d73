// Builds the providers once, then runs vitest: `npm test [-- ARGUMENT...]`, with vitest's own arguments.
import { spawnSync } from "node:child_process";
import { ensureDebianPackages, testPrograms } from "@nixops4-resources/integration-servers/debian-packages";
import { build } from "./build.ts";

if (process.env["NO_SERVICES"] !== "1") ensureDebianPackages(testPrograms);

await build();
run("vitest", ["run", ...process.argv.slice(2)]);

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
