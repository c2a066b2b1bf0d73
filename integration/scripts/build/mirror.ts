import { copyFileSync, globSync, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { codeOf } from "@nixops4-resources/protocol-core";
import { namespace } from "@nixops4-resources/protocol-opentofu/schema";
import { writePluginCaches } from "./plugin-cache.ts";
import { pluginsOf } from "./plugins.ts";

/** Where `npm run build` writes the mirror. */
export const mirrorFolder = "dist/opentofu";

/** Names of Go for the systems that the suite runs on. */
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/**
 * Writes a mirror in the file system from which OpenTofu installs every provider that is a plugin: a package each, with its
 * bundle, the code caches of its start, and Node. Two builds of one source write equal packages, so that lock files stay valid.
 * Source: https://opentofu.org/docs/cli/config/config-file/#implied-local-mirror-directories
 */
export async function writeMirror(root: string, version: string): Promise<void> {
  const mirror = join(root, mirrorFolder);
  rmSync(mirror, { recursive: true, force: true });
  await Promise.all(pluginsOf(root).map((provider) => writePackage(root, mirror, provider, version)));
}

async function writePackage(root: string, mirror: string, provider: string, version: string): Promise<void> {
  const name = `nixops4-${provider}`;
  const folder = join(mirror, namespace, name, version, systemOf(process.platform, process.arch));
  mkdirSync(join(folder, "bundle"), { recursive: true });
  for (const file of shippedFiles(root, provider)) linkOrCopy(file, join(folder, "bundle", basename(file)));
  linkOrCopy(process.execPath, join(folder, "node"));
  writeFileSync(join(folder, `terraform-provider-${name}_v${version}`), launcher, { mode: 0o755 });
  await writePluginCaches(join(folder, "bundle/main.cjs"));
}

/** The code caches of `dist` are left out: each training makes different ones. */
const shippedFiles = (root: string, provider: string): string[] =>
  globSync("*.{cjs,txt}", { cwd: join(root, "providers", provider, "dist") }).map((file) =>
    join(root, "providers", provider, "dist", file),
  );

const launcher = `#!/bin/sh
folder=$(dirname -- "$0")
exec "$folder/node" "$folder/bundle/main.cjs" "$@"
`;

function systemOf(platform: string, architecture: string): string {
  return `${platform}_${architectures[architecture] ?? architecture}`;
}

/** A link saves the space of one Node for each provider. Between file systems there are only copies. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (codeOf(error) !== "EXDEV" && codeOf(error) !== "EPERM") throw error;
    copyFileSync(from, to);
  }
}
