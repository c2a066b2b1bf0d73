import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { toNames } from "./names.ts";
import { manifest, renamed } from "./rename.ts";
import { templates, type Template } from "./template.ts";

/**
 * Creates providers/<provider> from a template, and its entry in nix/. Returns the files that it wrote. Throws with a reason
 * in words if a name is impossible or taken.
 */
export function copyProvider(
  root: string,
  provider: string,
  resource: string,
  template: Template = templates.http,
): string[] {
  const source = join(root, "providers", template.provider);
  const files = globSync(["package.json", "README.md", "src/**/*.ts"], { cwd: source });
  const modules = files.filter((file) => dirname(file) === "src").map(stem);
  const taken = modules.filter((module) => module !== template.resource);
  const names = toNames(provider, resource, taken);
  const target = join(root, "providers", provider);
  if (existsSync(target) || existsSync(join(root, "protocol", provider))) {
    throw new Error(`The package ${provider} already exists.`);
  }
  for (const file of files) {
    const text = readFileSync(join(source, file), "utf8");
    const copied = file === "package.json" ? manifest(text, names, template) : renamed(text, names, template);
    write(join(target, renamed(file, names, template)), copied);
  }
  format(root, provider);
  // The same libraries as the template's: links, so that the copy can run before it is installed.
  const libraries = join(source, "node_modules");
  if (existsSync(libraries))
    cpSync(libraries, join(target, "node_modules"), { recursive: true, verbatimSymlinks: true });

  const nix = `nix/providers/${provider}/default.nix`;
  write(join(root, nix), readFileSync(join(root, `nix/providers/${template.provider}/default.nix`), "utf8"));
  return [...files.map((file) => `providers/${provider}/${renamed(file, names, template)}`), nix];
}

/** The name of a file before its first dot. */
const stem = (file: string): string => basename(file).split(".", 1)[0] ?? file;

/** Where a line breaks depends on the length of the names in it. */
function format(root: string, provider: string): void {
  const oxfmt = join(root, "node_modules/.bin/oxfmt");
  const { status, stderr } = spawnSync(oxfmt, [`providers/${provider}`], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`Unable to format providers/${provider}: ${stderr}`);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
