import { join } from "node:path";
import { findNix } from "@nixops4-resources/integration-nix/find-nix";

/** The source of the deployment for the driver. */
export interface DeploymentSource {
  readonly words: string;
  readonly args: readonly string[];
}

/** The deployment's expression if Nix can evaluate it, otherwise its recording. A recording has a fixed list of members. */
export async function deploymentSource(hasBuckets: boolean): Promise<DeploymentSource> {
  const nix = await findNix();
  if ("missing" in nix) {
    const recording = join(import.meta.dirname, hasBuckets ? "recording-with-garage.json" : "recording.json");
    return { words: `a recorded evaluation, since ${nix.missing}`, args: ["--recording", recording] };
  }
  return { words: "nixops4.nix, evaluated by Nix", args: ["--file", join(import.meta.dirname, "nixops4.nix")] };
}
