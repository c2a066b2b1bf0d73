import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "@nixops4-resources/integration-nix/cache-folder";

const version = "1.12.6";
const module = "github.com/opentofu/opentofu";

/** The path of `tofu` in the cache. Throws an error if it is not built. */
export function findOpenTofu(): string {
  const missing = openTofuMissing();
  if (missing !== undefined) throw new Error(missing);
  return program;
}

/** Why tests that need OpenTofu are skipped; undefined if it is there. To build it takes too long for every run. */
export const openTofuMissing = (): string | undefined =>
  existsSync(program)
    ? undefined
    : `OpenTofu ${version} was not found in the cache: \`npm test -- integration/opentofu\` builds it, with Go`;

/**
 * Builds OpenTofu from its Go module, if it is not in the cache: 5 minutes on two cores, once per version. Without Go it
 * builds nothing. Reports on stderr.
 */
export function buildOpenTofu(): void {
  if (existsSync(program)) return;
  if (spawnSync("go", ["version"]).status !== 0) return;
  process.stderr.write(`Building OpenTofu ${version}, which takes some minutes ...\n`);
  const building = `${folder}.${process.pid}`;
  mkdirSync(building, { recursive: true });
  try {
    writeModule(building);
    go(building, "mod", "tidy");
    go(building, "build", "-trimpath", "-ldflags=-s -w", "-o", "tofu", `${module}/cmd/tofu`);
    rmSync(join(building, "tools.go"));
    // Whole or not at all; another process may have been faster.
    if (!existsSync(program)) renameSync(building, folder);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

const folder = join(cacheFolder(), `opentofu-${version}`);
const program = join(folder, "tofu");

/** A module that requires OpenTofu and repeats its `replace` lines, which Go ignores in a dependency. */
function writeModule(building: string): void {
  const { stdout } = spawnSync("go", ["mod", "download", "-json", `${module}@v${version}`], {
    cwd: building,
    stdio: ["ignore", "pipe", 2],
    encoding: "utf8",
  });
  const { GoMod }: { GoMod: string } = JSON.parse(stdout);
  const kept = readFileSync(GoMod, "utf8")
    .split("\n")
    .filter((line) => /^(go|replace) /.test(line));
  writeFileSync(join(building, "go.mod"), ["module build", ...kept, `require ${module} v${version}`, ""].join("\n"));
  writeFileSync(join(building, "tools.go"), `//go:build tools\n\npackage tools\n\nimport _ "${module}/cmd/tofu"\n`);
}

function go(cwd: string, ...args: readonly string[]): void {
  // Go's output is progress; stdout belongs to the caller.
  const { status } = spawnSync("go", args, {
    cwd,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=mod" },
  });
  if (status !== 0) throw new Error(`Unable to build OpenTofu ${version}: go ${args[0]} failed, see above.`);
}
