import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cacheFolder } from "./cache-folder.ts";

const run = promisify(execFile);
const getNixScript = fileURLToPath(new URL("../scripts/get-nix.sh", import.meta.url));

export interface NixProgram {
  /** `nix-instantiate`, with its full path. */
  readonly instantiate: string;
  readonly version: string;
}

/** The reason why this machine cannot evaluate deployments, and the remedy. */
export interface NoNix {
  readonly part: "program" | "sources";
  readonly missing: string;
  readonly hint: string;
}

/** Nix 2.8 or newer, from PATH or from the cache. Older versions evaluate deployments differently. */
export async function findProgram(): Promise<NixProgram | NoNix> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const tooOld: string[] = [];
  for (const folder of [...folders, join(cacheFolder(), "nix/bin")]) {
    const instantiate = join(folder, "nix-instantiate");
    const version = await versionOf(instantiate);
    if (version !== undefined && isRecent(version)) return { instantiate, version };
    if (version !== undefined) tooOld.push(`${instantiate} is ${version}`);
  }
  return {
    part: "program",
    missing: ["Nix 2.8 or newer is not installed", ...tooOld].join("; "),
    hint: "Install Nix, or run integration/scripts/get-nix.sh.",
  };
}

/** Unpacks Nix from Debian's archive into the cache. Resolves to the reason if that fails. */
export async function bringProgram(): Promise<string | undefined> {
  return run(getNixScript).then(() => undefined, lastLine);
}

/** The program `nix` that belongs to `nix-instantiate`. */
export function nixBeside({ instantiate }: NixProgram): string {
  return join(dirname(instantiate), "nix");
}

/** Undefined if the program is missing or does not start. */
async function versionOf(program: string): Promise<string | undefined> {
  try {
    await access(program, constants.X_OK);
    const { stdout } = await run(program, ["--version"]);
    return /\d+\.\d+(?:\.\d+)?/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 8);
}

function lastLine(error: unknown): string {
  const output = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return (output === "" ? String(error) : output).split("\n").at(-1) ?? "";
}
