import { findSources } from "./pins.ts";
import { bringProgram, findProgram, type NixProgram, type NoNix } from "./nix-program.ts";

/** A Nix that evaluates deployments here. */
export interface Nix extends NixProgram {
  /** Additional environment variables: the places of the sources of nixops4 and nixpkgs' lib. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * A Nix with the sources that flake-free-npins pins. If Nix is missing, `bring` unpacks it from Debian's archive into
 * the cache, which takes about ten seconds.
 */
export async function findNix({ bring = false } = {}): Promise<Nix | NoNix> {
  const program = await findProgram();
  if (!("missing" in program)) return withSources(program);
  if (!bring) return program;
  const failure = await bringProgram();
  if (failure !== undefined) return { ...program, missing: `${program.missing} (${failure})` };
  const brought = await findProgram();
  return "missing" in brought ? brought : withSources(brought);
}

async function withSources(program: NixProgram): Promise<Nix | NoNix> {
  const found = await findSources(program);
  return "missing" in found ? found : { ...program, environment: found.environment };
}
