// Writes what follows from the providers' schemas: Nix options, documentation, snapshots of their interfaces.
//   pnpm generate                                    writes
//   pnpm generate --check                            only says which files are not up to date
//   pnpm generate --breaking docs/adr/NNN-words.md   allows what breaks users, with the decision that says why
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { ProviderDescription } from "@nixops4-resources/protocol-core";
import { incompatibilities } from "./generate/compatibility.ts";
import { describe, providerNames } from "./generate/describe.ts";
import { generatedFiles, leftBehind, snapshotPath } from "./generate/generated-files.ts";
import { snapshotOf, type Snapshot } from "./generate/snapshot.ts";

const root = join(import.meta.dirname, "../..");

const { values } = parseArgs({ options: { check: { type: "boolean", default: false }, breaking: { type: "string" } } });
process.exitCode = await generate(values.check, values.breaking).catch((error: Error) => complain([error.message]));

async function generate(onlyCheck: boolean, decision: string | undefined): Promise<number> {
  if (decision !== undefined && !isDecision(decision)) {
    return complain([`${decision} is no decision: --breaking wants a file docs/adr/NNN-words.md that is there.`]);
  }
  const descriptions = await Promise.all(providerNames(root).map((name) => describe(root, name)));
  const broken = descriptions.flatMap(breakingChanges);
  if (broken.length > 0 && decision === undefined) {
    const way =
      "Deployments depend on this interface. Keep it compatible, or write down in docs/adr why not, add a changeset, and run `pnpm generate --breaking docs/adr/NNN-words.md`.";
    return complain([...broken, way]);
  }

  const files = generatedFiles(root, descriptions);
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

/** What would break users of the interface that was committed last. */
function breakingChanges(description: ProviderDescription): string[] {
  const { name } = description.provider;
  const committed = read(snapshotPath(name));
  if (committed === undefined) return [];
  const before: Snapshot = JSON.parse(committed);
  return incompatibilities(before, snapshotOf(description)).map((change) => `${name}: ${change}.`);
}

function isDecision(file: string): boolean {
  return /^docs\/adr\/\d{3}-[a-z0-9-]+\.md$/.test(file) && existsSync(join(root, file));
}

function read(file: string): string | undefined {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined;
}

function complain(lines: readonly string[]): number {
  process.stderr.write(`${lines.join("\n")}\n`);
  return 1;
}
