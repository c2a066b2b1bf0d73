import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Metafile } from "../check/metafile.ts";

/** A library of which a bundle contains code, and the texts that its licence wants every copy to carry. */
interface Library {
  readonly name: string;
  readonly version: string;
  readonly texts: readonly string[];
}

/**
 * The licence texts of all libraries in a bundle, for the file that ships next to it. Throws if a library has no text:
 * most licences forbid a copy without it.
 */
export function licencesOf({ outputs }: Metafile, root: string): string {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = new Set(bundled.flatMap(([input]) => folderOf(input).map((folder) => resolve(root, folder))));
  const libraries = [...folders].map(readLibrary);
  const silent = libraries.filter(({ texts }) => texts.length === 0);
  if (silent.length > 0) {
    throw new Error(`No licence text found for ${silent.map(({ name, version }) => `${name} ${version}`).join(", ")}.`);
  }
  return libraries
    .map(({ name, version, texts }) => [`${name} ${version}`, ...texts].join("\n\n"))
    .sort()
    .join(`\n\n${"-".repeat(80)}\n\n`)
    .concat("\n");
}

/** The library's folder for a file of node_modules; nothing for our own files. */
function folderOf(input: string): string[] {
  // esbuild writes `namespace:path` for a file that a plugin loaded.
  const [, folder] = /^(?:[a-z-]+:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
  return folder === undefined ? [] : [folder];
}

function readLibrary(folder: string): Library {
  const { name, version }: { name: string; version: string } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)([.-].*)?$/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
  return { name, version, texts: texts.length > 0 ? texts : licenceSection(join(folder, "README.md")) };
}

/** Some libraries have their licence at the end of README.md only. */
function licenceSection(file: string): string[] {
  if (!existsSync(file)) return [];
  const [, text] = /^#+\s*licen[cs]e\s*$([\s\S]+?)(?=^#|$(?![\s\S]))/im.exec(readFileSync(file, "utf8")) ?? [];
  return text !== undefined && /permission|redistribution/i.test(text) ? [text.trim()] : [];
}
