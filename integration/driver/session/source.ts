import { realpath } from "node:fs/promises";
import type { Source } from "../command-line.ts";
import { DriverError, reasonOf, UsageError } from "../errors.ts";
import { evaluate, type NixDeployment } from "../evaluation/evaluate.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import { readRecording, replay } from "../recording/recording.ts";
import { holdLock } from "../run-lock.ts";
import type { Surroundings } from "./surroundings.ts";

/** Prevents two runs of one deployment, which would start the same providers concurrently. */
export async function lockSource({ file }: Source): Promise<Disposable> {
  try {
    return await holdLock(await realpath(file));
  } catch (error) {
    if (error instanceof DriverError) throw error;
    throw new UsageError(`Unable to find the deployment ${file}: ${reasonOf(error)}.`, { cause: error });
  }
}

export async function openSource(
  { kind, file }: Source,
  surroundings: Surroundings,
  onMessage: (line: string) => void,
): Promise<Evaluation> {
  if (kind === "recording") return replay(await readRecording(file), surroundings.env);
  return evaluate(await nixDeployment(file, surroundings, onMessage));
}

export async function nixDeployment(
  file: string,
  { env, findNix }: Surroundings,
  onMessage: (line: string) => void,
): Promise<NixDeployment> {
  const nix = await findNix();
  if ("missing" in nix) {
    throw new DriverError("driver.nix.missing", `Unable to evaluate ${file}: ${nix.missing}. ${nix.hint}`);
  }
  return { nixInstantiate: nix.instantiate, file, env: { ...env, ...nix.environment }, onMessage };
}
