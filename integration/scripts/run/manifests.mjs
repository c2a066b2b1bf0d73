// Runs on Node 20, before anything is installed.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Every file that decides what is installed: a change of one of them needs an install. */
export function installInputs(root) {
  const workspace = join(root, "pnpm-workspace.yaml");
  const folders = packageGlobs(readFileSync(workspace, "utf8")).flatMap((glob) => expand(root, glob.split("/")));
  const manifests = [root, ...folders].map((folder) => join(folder, "package.json"));
  return [workspace, join(root, "pnpm-lock.yaml"), ...new Set(manifests)].filter(existsSync).sort();
}

/** The list under `packages:`; no YAML library is installed yet. */
function packageGlobs(yaml) {
  const list = /^packages:\n((?:[ \t]*(?:#.*|- .*)?\n)*)/m.exec(yaml);
  if (list === null) throw new Error("pnpm-workspace.yaml has no list of packages.");
  return [...list[1].matchAll(/^\s*- ["']?([^"'\n#]+?)["']?\s*(?:#.*)?$/gm)].map(([, glob]) => glob);
}

/** The folders that a glob matches. pnpm allows more than names and `*`, but the workspace uses only these. */
function expand(folder, [step, ...rest]) {
  if (step === undefined) return [folder];
  if (step !== "*" && /[*?![\]{}]/.test(step)) throw new Error(`Unable to expand ${step} of pnpm-workspace.yaml.`);
  const names = step === "*" ? foldersIn(folder) : [step];
  return names.flatMap((name) => expand(join(folder, name), rest));
}

function foldersIn(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && entry.name !== "node_modules").map(({ name }) => name);
}
