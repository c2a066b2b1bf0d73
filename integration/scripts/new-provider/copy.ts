import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { toNames } from "./names.ts";
import { manifest, renamed } from "./rename.ts";

/**
 * Makes providers/<provider> from providers/example, and its entry in nix/. Returns the files it wrote. Throws with a
 * reason in words where the names cannot be or are taken.
 */
export function copyProvider(root: string, provider: string, resource: string): string[] {
  const template = join(root, "providers/example");
  const files = globSync(["package.json", "README.md", "src/**/*.ts"], { cwd: template });
  const names = toNames(provider, resource, files.filter((file) => !file.startsWith("src/file.")).map(stem));
  const target = join(root, "providers", provider);
  if (existsSync(target) || existsSync(join(root, "protocol", provider))) {
    throw new Error(`The package ${provider} already exists.`);
  }
  for (const file of files) {
    const text = readFileSync(join(template, file), "utf8");
    write(join(target, renamed(file, names)), file === "package.json" ? manifest(text, names) : renamed(text, names));
  }
  // The same libraries as the example's: links, so that the copy can run before it is installed.
  const libraries = join(template, "node_modules");
  if (existsSync(libraries))
    cpSync(libraries, join(target, "node_modules"), { recursive: true, verbatimSymlinks: true });

  const nix = `nix/providers/${provider}/default.nix`;
  write(join(root, nix), readFileSync(join(root, "nix/providers/example/default.nix"), "utf8"));
  return [...files.map((file) => `providers/${provider}/${renamed(file, names)}`), nix];
}

/** The part of a file's name before the first dot. */
const stem = (file: string): string => basename(file).split(".", 1)[0] ?? file;

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
