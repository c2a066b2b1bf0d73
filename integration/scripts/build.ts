// Bundles the providers (tsup.config.ts) unless the bundles are up to date, and writes their executables and OpenTofu's
// mirror of them: `npm run build`. With `-- --train` it also makes their code caches, for which it needs the servers of the
// tests.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { licencesOf } from "./build/licences.ts";
import { writeExecutables } from "./build/executables.ts";
import { writeMirror } from "./build/mirror.ts";
import { train } from "./build/train.ts";
import type { Metafile } from "./check/metafile.ts";
import { takeLock } from "@nixops4-resources/protocol-core";

const root = join(import.meta.dirname, "../..");

/** Concurrent builds wait for each other; the second one finds the bundles up to date. */
export async function build(options: { readonly train?: boolean } = {}): Promise<void> {
  const sources = await makeBundles();
  if (options.train === true) await train(root, sources);
}

/** Returns what identifies the bundles. */
async function makeBundles(): Promise<string> {
  const stamp = join(root, "node_modules/.build-stamp");
  using _turn = await takeLock(`build:${root}`);
  const sources = digest();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources && everyBundle()) return sources;
  const { status, error } = spawnSync("tsup", ["--silent"], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`Unable to build: tsup ended with status ${status}.`, { cause: error });
  writeLicences();
  writeExecutables(root);
  await writeMirror(root, suiteVersion());
  writeFileSync(stamp, sources);
  return sources;
}

/** Each bundle ships with the licence texts of the libraries in it. */
function writeLicences(): void {
  for (const metafile of globSync("providers/*/dist/metafile-esm.json", { cwd: root })) {
    const bundle: Metafile = JSON.parse(readFileSync(join(root, metafile), "utf8"));
    writeFileSync(join(root, dirname(metafile), "THIRD-PARTY-LICENSES.txt"), licencesOf(bundle, root));
  }
}

function suiteVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return version;
}

const everyBundle = (): boolean =>
  globSync("providers/*/src/main.ts", { cwd: root }).every((main) =>
    existsSync(join(root, main, "../../dist/main.cjs")),
  );

const isTest = (path: string): boolean => /(^|\/)testing$|\.test\.ts$/.test(path);

/** What bundles, executables and the mirror are made of and by. */
const inputs = [
  "{tsup.config.ts,package.json,pnpm-lock.yaml}",
  "{protocol,providers}/{*,*/client}/{src/**/*.{ts,cjs,json,c,h},package.json}",
  "integration/scripts/{build.ts,build/*.ts}",
];

/** Changes with every input, and not with the tests. */
function digest(): string {
  const hash = createHash("sha256");
  for (const file of globSync(inputs, { cwd: root, exclude: isTest }).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

if (import.meta.main) await build({ train: process.argv.includes("--train") });
