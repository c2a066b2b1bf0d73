import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Nix } from "./find-nix.ts";

const run = promisify(execFile);

/** The value of a Nix expression as JSON. Throws Nix' message. */
export async function evaluate(nix: Nix, expression: string): Promise<unknown> {
  // Without read-write-mode a path is not copied to the store.
  const options = ["--eval", "--strict", "--json", "--read-write-mode"];
  return JSON.parse(await runNix(nix, [...options, "--expr", expression]));
}

/** Parses a file of Nix code; throws with the place of a syntax error. */
export async function parse(nix: Nix, file: string): Promise<void> {
  await runNix(nix, ["--parse", file]);
}

async function runNix({ instantiate, environment }: Nix, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...environment };
  return run(instantiate, [...args], { env, maxBuffer: 2 ** 28 }).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
      throw new Error(said === "" ? `Unable to run Nix: ${String(error)}` : said);
    },
  );
}
