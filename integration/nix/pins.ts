import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod/mini";
import { cacheFolder } from "./cache-folder.ts";
import type { NixProgram, NoNix } from "./nix-program.ts";

const run = promisify(execFile);
const npins = fileURLToPath(new URL("../../flake-free-npins/npins", import.meta.url));

const sourcesJson = z.object({
  pins: z.record(z.string(), z.object({ revision: z.string(), url: z.string(), hash: z.string() })),
});

/** A source that flake-free-npins pins. */
export interface Pin {
  readonly name: string;
  readonly revision: string;
  /** A tarball of the revision. */
  readonly url: string;
  /** Of the unpacked tree, as `nix hash path` prints it. */
  readonly hash: string;
}

/** The pins that evaluation needs; nixpkgs itself is only for building. */
export function pinsForEvaluation(): Pin[] {
  const { pins } = sourcesJson.parse(JSON.parse(readFileSync(join(npins, "sources.json"), "utf8")));
  return ["nixops4", "nixops4-nixos", "nixpkgs-lib"].map((name) => {
    const pin = pins[name];
    if (pin === undefined) throw new Error(`Unable to evaluate: the pin ${name} is missing in flake-free-npins.`);
    return { name, ...pin };
  });
}

/** The place of a pin's tree, for machines that cannot download it. */
export function cachedTree({ name, revision }: Pin): string {
  return join(cacheFolder(), "pins", `${name}-${revision}`);
}

/**
 * The environment in which Nix finds all sources. The user's overrides come first, then the cache, whose trees were
 * checked against the pins' hashes, then a download by Nix, which checks the hash itself.
 */
export async function findSources(program: NixProgram): Promise<{ environment: Record<string, string> } | NoNix> {
  const environment: Record<string, string> = {};
  for (const pin of pinsForEvaluation()) {
    const variable = overrideVariable(pin);
    const overridden = process.env[variable] ?? "";
    if (overridden !== "" && !(await exists(overridden)))
      return noSource(`${variable} names ${overridden}, which is not there`, `Unset ${variable}.`);
    if (overridden !== "") continue;
    if (await exists(cachedTree(pin))) environment[variable] = cachedTree(pin);
    else if (!(await canDownload(program, pin)))
      return noSource(
        `the source of ${pin.name} is not in ${cachedTree(pin)} and cannot be downloaded`,
        `Run integration/scripts/fill-pin-cache.ts ${pin.name}=CHECKOUT, or set ${variable}.`,
      );
  }
  return { environment };
}

function noSource(missing: string, hint: string): NoNix {
  return { part: "sources", missing, hint };
}

/** The variable with which npins replaces a pin by a folder. */
function overrideVariable({ name }: Pin): string {
  return `NPINS_OVERRIDE_${name.replaceAll(/[^A-Za-z0-9]/g, "_")}`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Downloads the source into the Nix store, from which the evaluation reads it. */
async function canDownload({ instantiate }: NixProgram, { name }: Pin): Promise<boolean> {
  const options = ["--option", "download-attempts", "1", "--option", "connect-timeout", "5"];
  return run(instantiate, ["--eval", npins, "-A", `${name}.outPath`, ...options], { timeout: 60_000 }).then(
    () => true,
    () => false,
  );
}
