import { spawnSync } from "node:child_process";
import { globSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** A launcher, and what it starts. */
export interface Launcher {
  /** Where it is written. */
  readonly file: string;
  /** Path of Node. */
  readonly node: string;
  /** Path of the provider's main chunk. */
  readonly main: string;
  /** Further macros, which only tests set. */
  readonly macros?: Readonly<Record<string, string | number>>;
  /** Flags of the compiler, such as those of its sanitizers; by default those of a release. */
  readonly flags?: readonly string[];
}

/** Static, since a start without the dynamic linker takes half of the time. */
const releaseFlags = ["-O2", "-static"];

/** Whether this machine can build launchers. */
export const canCompile = (): boolean =>
  process.platform === "linux" && spawnSync("cc", ["--version"], { stdio: "ignore" }).status === 0;

/** Builds a launcher from the C sources of this folder. */
export function compileLauncher({ file, node, main, macros = {}, flags = releaseFlags }: Launcher): void {
  mkdirSync(dirname(file), { recursive: true });
  const defined = { NODE: JSON.stringify(node), MAIN: JSON.stringify(main), ...macros };
  const { status, stderr, error } = spawnSync(
    "cc",
    [
      ...flags,
      "-Wall",
      "-Wextra",
      "-Werror",
      ...Object.entries(defined).map(([name, value]) => `-D${name}=${value}`),
      ...globSync("*.c", { cwd: import.meta.dirname }),
      "-o",
      file,
    ],
    { cwd: import.meta.dirname, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`Unable to build the launcher ${file}:\n${stderr}`, { cause: error });
}
