import type { Nix } from "@nixops4-resources/integration-nix/find-nix";
import type { NoNix } from "@nixops4-resources/integration-nix/nix-program";
import type { Screen } from "../show/display.ts";

/** The parts of the process that a run uses. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Receives results: a plan, a preview, a recording. */
  readonly stdout: NodeJS.WritableStream;
  /** Receives progress and failures. */
  readonly stderr: Screen;
  /** Asks a person, and returns the answer. Undefined if nobody can answer. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Called only if the command evaluates a deployment. */
  readonly findNix: () => Promise<Nix | NoNix>;
}
