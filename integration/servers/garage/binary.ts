import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { cacheFolder } from "@nixops4-resources/integration-nix/cache-folder";
import { ServerUnavailable } from "../server-unavailable.ts";

/** 2.5.0 has the second generation of the admin API, 1.3.0 the first one. */
export type GarageVersion = "2.5.0" | "1.3.0";

/**
 * The path of the program: built in the cache, otherwise a recent `garage` from PATH in place of 2.5.0. Throws
 * `ServerUnavailable` if there is neither.
 */
export function findGarage(version: GarageVersion): string {
  const program = programOf(version);
  if (existsSync(program)) return program;
  // The first generation of the API costs another build, for a few tests.
  if (version === "1.3.0") {
    const reason = "Garage 1.3.0 is not built: `WHOLE_CONTRACT=1 npm test` builds it, with cargo";
    throw new ServerUnavailable(reason, { isOptional: true });
  }
  const found = programsOnPath().find(isRecent);
  if (found !== undefined) return found;
  const reason = "Garage was not found in the cache, and Garage 2.3 or newer was not found on PATH";
  throw new ServerUnavailable(`${reason}: \`npm test -- providers/garage\` builds it, with cargo`);
}

const programsOnPath = (): string[] =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, "garage"));

/** Whether it has the second generation of the API, with CORS and lifecycle rules. */
function isRecent(program: string): boolean {
  // A release says `garage v2.3.0 [features: ...]`, a build by cargo `garage cargo:2.3.0 [features: ...]`.
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 5000 });
  const [, minor] = /^garage \D*2\.(\d+)\./.exec(stdout ?? "") ?? [];
  return Number(minor) >= 3;
}

/**
 * Builds Garage from its crate, if it is not in the cache: 4 to 5 minutes on two cores, once per version. Without cargo it
 * builds nothing. Reports on stderr.
 */
export function buildGarage(version: GarageVersion): void {
  if (existsSync(programOf(version))) return;
  if (spawnSync("cargo", ["--version"]).status !== 0) return;
  process.stderr.write(`Building Garage ${version}, which takes some minutes ...\n`);
  const folder = `${folderOf(version)}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync("cargo", ["install", "--root", folder, `garage@${version}`, ...options], {
    // cargo's output is progress; stdout belongs to the caller.
    stdio: ["ignore", 2, 2],
    env: {
      ...process.env,
      CARGO_PROFILE_DEV_DEBUG: "0",
      CARGO_PROFILE_DEV_STRIP: "symbols",
      CARGO_INCREMENTAL: "0",
      CARGO_BUILD_JOBS: String(availableParallelism()),
    },
  });
  if (status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`Unable to build Garage ${version}: see above.`);
  }
  // Whole or not at all; another process may have been faster.
  if (!existsSync(programOf(version))) renameSync(folder, folderOf(version));
  else rmSync(folder, { recursive: true, force: true });
}

/** Without optimization except for the hash of tokens, which would take a second per call. */
const options = [
  "--locked",
  "--debug",
  "--quiet",
  "--no-default-features",
  "--features=sqlite,system-libs",
  "--config=profile.dev.package.argon2.opt-level=3",
  "--config=profile.dev.package.blake2.opt-level=3",
];

const folderOf = (version: GarageVersion): string => join(cacheFolder(), `garage-${version}`);
const programOf = (version: GarageVersion): string => join(folderOf(version), "bin/garage");
