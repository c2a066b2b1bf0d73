import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "@nixops4-resources/integration-nix/cache-folder";
import { ServerUnavailable } from "../server-unavailable.ts";

const run = promisify(execFile);

/** OctoDNS, its provider for name servers with dynamic updates, and their dependencies, from PyPI. */
const packages = [
  "octodns==1.22.0",
  "octodns-bind==1.1.0",
  "dnspython==2.9.2",
  "fqdn==1.6.0",
  "idna==3.20",
  "natsort==8.4.0",
  "python-dateutil==4.0.0",
  "pyyaml==6.0.4",
  "tzdata==2026.6",
];

/** The folder of `octodns-sync`, in a virtual environment that each machine creates once. */
export function octodnsFolder(): string {
  return join(environmentFolder(), "bin");
}

/** The path of `octodns-sync`; creates its environment if missing. Throws `ServerUnavailable` without Python. */
export async function findOctodns(): Promise<string> {
  const environment = environmentFolder();
  // Written last, after pip has finished.
  if (!existsSync(join(environment, "complete"))) await makeEnvironment(environment);
  return join(environment, "bin/octodns-sync");
}

/** Named after all versions, so that another version gets another environment. */
function environmentFolder(): string {
  const versions = createHash("sha256").update(packages.join()).digest("hex").slice(0, 12);
  return join(cacheFolder(), `octodns-${versions}`);
}

async function makeEnvironment(environment: string): Promise<void> {
  await rm(environment, { recursive: true, force: true });
  try {
    await run("python3", ["-m", "venv", environment]);
  } catch (cause) {
    throw new ServerUnavailable("Python's venv is not installed (Debian's package is python3-venv)", { cause });
  }
  const pip = join(environment, "bin/pip");
  await run(pip, ["install", "--quiet", "--no-deps", "--disable-pip-version-check", ...packages]);
  await writeFile(join(environment, "complete"), "");
}
