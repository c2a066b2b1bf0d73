// Builds the providers once, then runs vitest: `npm test [-- ARGUMENT...]`, with vitest's own arguments.
import { spawnSync } from "node:child_process";
import {
  ensureDebianPackages,
  machinePrograms,
  testPrograms,
} from "@nixops4-resources/integration-servers/debian-packages";
import { buildGarage } from "@nixops4-resources/integration-servers/garage/binary";
import { buildOpenTofu } from "@nixops4-resources/integration-servers/opentofu/program";
import { buildGuestImage } from "@nixops4-resources/integration-servers/proxmox/debian-guest";
import { build } from "./build.ts";

if (process.env["NO_SERVICES"] !== "1") {
  ensureDebianPackages(testPrograms);
  // Five minutes, once per version. So a developer's run of all tests only uses one that is there.
  const isThorough = process.env["WHOLE_CONTRACT"] === "1" || process.env["CI"] !== undefined;
  if (isThorough || (isPartial() && isWanted("opentofu"))) buildOpenTofu();
  if (isWanted("garage")) buildGarage("2.5.0");
  if (isWanted("garage") && process.env["WHOLE_CONTRACT"] === "1") buildGarage("1.3.0");
  if (isWanted("proxmox-machine") && process.env["WHOLE_CONTRACT"] === "1") {
    ensureDebianPackages(machinePrograms);
    buildGuestImage();
  }
}

await build();
// Training takes most of a minute after a change, so a run of single files does without.
if (!isPartial() && process.env["NO_SERVICES"] !== "1") await trainIfPossible();
run("vitest", ["run", ...process.argv.slice(2)]);

/** Without code caches everything works, so that a failure is not the end of the tests. */
async function trainIfPossible(): Promise<void> {
  try {
    await build({ train: true });
  } catch (error) {
    process.stderr.write(
      `The tests run without some code caches. ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}

/** Whether the arguments name no path, or one that contains the word. */
function isWanted(word: string): boolean {
  return !isPartial() || paths().some((path) => path.includes(word));
}

function isPartial(): boolean {
  return paths().length > 0;
}

function paths(): string[] {
  return process.argv.slice(2).filter((argument) => argument.includes("/") && !argument.startsWith("-"));
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
