import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ProviderDescription } from "@nixops4-resources/protocol-core";

const run = promisify(execFile);

/** Names of all providers of the workspace at `root`, sorted. */
export function providerNames(root: string): string[] {
  return globSync("providers/*/src/main.ts", { cwd: root })
    .map((main) => main.split("/")[1] ?? "")
    .sort();
}

/** The description that a provider gives of itself, run from its sources. */
export async function describe(root: string, name: string): Promise<ProviderDescription> {
  const main = join(root, "providers", name, "src/main.ts");
  const { stdout } = await run(process.execPath, [main, "describe"], { maxBuffer: 2 ** 26 }).catch(
    (error: Error & { stderr?: string }) => {
      throw new Error(`Unable to describe provider ${name}: ${error.stderr ?? error.message}`, {
        cause: error,
      });
    },
  );
  const description: ProviderDescription = JSON.parse(stdout);
  return description;
}
