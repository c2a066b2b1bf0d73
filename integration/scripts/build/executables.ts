import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canCompile, compileLauncher } from "@nixops4-resources/protocol-core/launcher";
import { providerNames } from "../generate/describe.ts";

/** Where `npm run build` writes the executables. They have absolute paths, so they are not in `dist` of the packages. */
const folder = "dist/bin";

/** A state provider serves one run from its start to its end, so it has no worker. */
const withoutWorker: ReadonlySet<string> = new Set(["state"]);

/** Writes the executable of each provider: its launcher, or a script that starts it if the machine has no C compiler. */
export function writeExecutables(root: string): void {
  rmSync(join(root, folder), { recursive: true, force: true });
  mkdirSync(join(root, folder), { recursive: true });
  const hasLaunchers = canCompile();
  for (const provider of providerNames(root)) {
    const file = join(root, folder, `nixops4-resources-${provider}`);
    const main = join(root, "providers", provider, "dist/main.cjs");
    if (hasLaunchers && !withoutWorker.has(provider)) compileLauncher({ file, node: process.execPath, main });
    else writeFileSync(file, scriptOf(main), { mode: 0o755 });
  }
}

const scriptOf = (main: string): string => `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(main)} "$@"\n`;

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
