// Writes the files that follow from the providers' schemas: Nix options and documentation.
//   pnpm generate                                    writes them
//   pnpm generate --check                            only reports files that are not up to date
//   pnpm generate --breaking docs/adr/NNN-words.md   accepts changes that break released deployments; the decision
//                                                    record says why
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { compareWithRelease, isDecision } from "./generate/breaking-changes.ts";
import { describe, providerNames } from "./generate/describe.ts";
import { generatedFiles, leftBehind } from "./generate/generated-files.ts";
import { asText, readReleases, releasesPath } from "./generate/releases.ts";

const root = join(import.meta.dirname, "../..");

const howToBreak =
  "Deployments depend on the released interface. Hint: Keep it compatible, or explain the change in docs/adr, add a changeset and run `pnpm generate --breaking docs/adr/NNN-words.md`.";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false }, breaking: { type: "string" } } });
process.exitCode = await generate(values.check, values.breaking).catch((error: Error) => complain([error.message]));

async function generate(onlyCheck: boolean, decision: string | undefined): Promise<number> {
  if (decision !== undefined && !isDecision(root, decision)) {
    return complain([`--breaking must name an existing file docs/adr/NNN-words.md, got ${decision}.`]);
  }
  const releases = readReleases(root);
  const descriptions = await Promise.all(providerNames(root).map((name) => describe(root, name)));
  const files = generatedFiles(root, descriptions);
  if (releases !== undefined) {
    const { decided, undecided } = compareWithRelease(root, releases, descriptions, decision);
    if (undecided.length > 0) return complain([...undecided, howToBreak]);
    files.set(releasesPath, asText({ ...releases, breaking: decided }));
  }
  const stale = [...files].filter(([file, text]) => read(file) !== text);
  const extra = leftBehind(root, files);
  if (onlyCheck) {
    const changed = [...stale.map(([file]) => file), ...extra];
    return changed.length === 0 ? 0 : complain([`Not up to date, run \`pnpm generate\`: ${changed.join(", ")}`]);
  }
  for (const [file, text] of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    process.stdout.write(`wrote ${file}\n`);
  }
  for (const file of extra) {
    rmSync(join(root, file));
    process.stdout.write(`removed ${file}\n`);
  }
  return 0;
}

function read(file: string): string | undefined {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined;
}

function complain(lines: readonly string[]): number {
  process.stderr.write(`${lines.join("\n")}\n`);
  return 1;
}
