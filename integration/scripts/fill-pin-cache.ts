// Stores the sources that evaluation needs in the cache for machines without a network (integration/nix/pins.ts).
//   node integration/scripts/fill-pin-cache.ts [NAME=CHECKOUT...]
// CHECKOUT is a git repository, possibly bare, with the pinned revision. Without it the source is downloaded.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { bringProgram, findProgram, nixBeside } from "@nixops4-resources/integration-nix/nix-program";
import { cachedTree, pinsForEvaluation, type Pin } from "@nixops4-resources/integration-nix/pins";

try {
  await fillAll(new Map(process.argv.slice(2).map(splitOnce)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function fillAll(checkouts: ReadonlyMap<string, string>): Promise<void> {
  const failure = "missing" in (await findProgram()) ? await bringProgram() : undefined;
  const program = await findProgram();
  if ("missing" in program) throw new Error(`Unable to fill the cache: ${failure ?? program.missing}.`);
  for (const pin of pinsForEvaluation()) {
    const tree = cachedTree(pin);
    if (!existsSync(tree)) await fill(pin, tree, checkouts.get(pin.name), nixBeside(program));
    process.stdout.write(`${pin.name} ${pin.revision.slice(0, 7)} in ${tree}\n`);
  }
}

/** Unpacks beside the final place and moves only a tree with the pin's hash, so that the cache is never incomplete. */
async function fill(pin: Pin, tree: string, checkout: string | undefined, nix: string): Promise<void> {
  mkdirSync(dirname(tree), { recursive: true });
  const work = mkdtempSync(`${tree}.`);
  try {
    const tarball = checkout === undefined ? await download(pin.url) : archive(checkout, pin.revision);
    // GitHub's tarballs have one folder around the tree, so ours gets one too.
    execFileSync("tar", ["-xz", "--strip-components=1", "-C", work], { input: tarball });
    const hash = hashOf(work, nix);
    if (hash !== pin.hash)
      throw new Error(`Unable to fill the cache: ${pin.name} has the hash ${hash}, and its pin says ${pin.hash}.`);
    chmodSync(work, 0o755);
    renameSync(work, tree);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function archive(checkout: string, revision: string): Buffer {
  const options = ["archive", "--format=tar.gz", "--prefix=source/", revision];
  return execFileSync("git", ["-C", checkout, ...options], { maxBuffer: 2 ** 30, stdio: "pipe" });
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(120_000) });
  if (!response.ok) throw new Error(`Unable to download ${url}: ${response.status} ${response.statusText}.`);
  return Buffer.from(await response.arrayBuffer());
}

/** The hash of a tree's NAR serialisation, as in the pins. */
function hashOf(folder: string, nix: string): string {
  const features = ["--extra-experimental-features", "nix-command"];
  return execFileSync(nix, [...features, "hash", "path", "--type", "sha256", folder], { encoding: "utf8" }).trim();
}

function splitOnce(argument: string): [string, string] {
  const [name = "", ...rest] = argument.split("=");
  if (rest.length === 0) throw new Error(`Unable to read argument ${argument}: NAME=CHECKOUT was expected.`);
  return [name, rest.join("=")];
}
