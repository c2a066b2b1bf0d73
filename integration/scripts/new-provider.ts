// Makes a new provider from the living providers/example: `pnpm new-provider <name> <resource>`.
// The result keeps small files, passes `check` and `test`, and waits to be written on.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { copyProvider } from "./new-provider/copy.ts";

const root = join(import.meta.dirname, "../..");

try {
  const [provider, resource, ...rest] = process.argv.slice(2).filter((argument) => argument !== "--");
  if (provider === undefined || resource === undefined || rest.length > 0) {
    throw new Error("Usage: pnpm new-provider <name> <resource>, such as: pnpm new-provider my-queue message_log");
  }
  for (const file of copyProvider(root, provider, resource)) process.stdout.write(`wrote ${file}\n`);
  installAndGenerate();
  process.stdout.write(
    `\nproviders/${provider} works and keeps small files for now. Next: docs/CONTRIBUTING.md, then src/folder.ts (the client) and src/${resource.replaceAll("_", "-")}.ts.\n`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** A new package changes the lockfile, which CI would refuse. */
function installAndGenerate(): void {
  const run = ["integration/scripts/run.mjs", "node", "integration/scripts/generate.ts"];
  const { status } = spawnSync(process.execPath, run, { cwd: root, stdio: "inherit", env: { ...process.env, CI: "" } });
  if (status !== 0) throw new Error("Unable to install and generate: see above. Then run `pnpm generate`.");
}
