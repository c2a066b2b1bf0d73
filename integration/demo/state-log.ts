import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { providers, type Surroundings } from "./surroundings.ts";

/** The output of `nixops4-resources-state log`. */
export async function stateLog({ stateInputs }: Surroundings): Promise<string[]> {
  const program = join(providers, "state/dist/main.cjs");
  const { stdout } = await promisify(execFile)(process.execPath, [program, "log", "--inputs", stateInputs]);
  return stdout.trimEnd().split("\n");
}
