import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clausesOf, Contract, type AnyTerms } from "@nixops4-resources/protocol-core/testing";
import { build } from "esbuild";

type AnyResource = Parameters<typeof clausesOf>[0];

/** Bundles a provider of this folder into a new temporary one, whose path it returns: `main.cjs` is in it. */
export async function bundleOf(entry: string): Promise<string> {
  const bundle = await mkdtemp(join(tmpdir(), "nixops4-faults-"));
  await build({
    entryPoints: [join(import.meta.dirname, entry)],
    outfile: join(bundle, "main.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node24",
  });
  return bundle;
}

/** What the clause of this name objects to in the provider of these terms; undefined if nothing. */
export async function objection(
  resource: AnyResource,
  terms: AnyTerms,
  clauseName: string,
): Promise<string | undefined> {
  const [clause, ...more] = clausesOf(resource, terms).filter((one) => one.says.includes(clauseName));
  if (clause === undefined || more.length > 0) throw new Error(`Not exactly one clause says "${clauseName}".`);
  const contract = await Contract.open(resource, terms);
  try {
    // Its end is part of the contract: it checks all that the provider has shown.
    await using opened = contract;
    await opened.backend.reset();
    const skipped = clause.skips?.(opened);
    if (skipped === undefined) await clause.check(opened);
    return skipped === undefined ? undefined : `skipped: ${skipped}`;
  } catch (error) {
    return String(error);
  }
}
