import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "@nixops4-resources/integration-nix/cache-folder";
import { ServerUnavailable } from "../server-unavailable.ts";

const run = promisify(execFile);

/** Packages of PyPI with exact versions, all dependencies included, under a name for people. */
export interface PythonPackages {
  readonly name: string;
  readonly packages: readonly string[];
}

/**
 * The folder of the packages' programs. Its environment is named after all versions, so that another version gets another
 * one.
 */
export function programsFolder({ name, packages }: PythonPackages): string {
  const versions = createHash("sha256").update(packages.join()).digest("hex").slice(0, 12);
  return join(cacheFolder(), `${name}-${versions}`, "bin");
}

/** Creates the environment, once for each machine. Throws `ServerUnavailable` without Python. */
export async function ensurePrograms(wanted: PythonPackages): Promise<string> {
  const programs = programsFolder(wanted);
  if (!existsSync(programs)) await makeEnvironment(dirname(programs), wanted.packages);
  return programs;
}

/**
 * A link appears at the path when the environment is complete: another test file may create the same one at this time, and
 * an environment cannot be moved.
 */
async function makeEnvironment(path: string, packages: readonly string[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const environment = await mkdtemp(`${path}.`);
  try {
    await run("python3", ["-m", "venv", environment]);
  } catch (cause) {
    await rm(environment, { recursive: true });
    throw new ServerUnavailable("Python's venv is not installed (Debian's package is python3-venv)", { cause });
  }
  const pip = join(environment, "bin/pip");
  await run(pip, ["install", "--quiet", "--no-deps", "--disable-pip-version-check", ...packages]);
  try {
    await symlink(basename(environment), path);
  } catch (error) {
    await rm(environment, { recursive: true });
    if (!existsSync(path)) throw error;
  }
}
