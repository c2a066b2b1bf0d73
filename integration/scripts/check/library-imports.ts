import { transformSync } from "esbuild";
import { libraryOf, type Metafile } from "./metafile.ts";

/** The fields of a library's package.json that decide which file Node loads. */
export interface Manifest {
  readonly exports?: unknown;
  readonly module?: string;
  readonly main?: string;
}

interface Reader {
  /** The text of one of our sources. */
  readonly source: (path: string) => string;
  /** The manifest of the library that the file belongs to. */
  readonly manifest: (path: string) => Manifest;
}

/**
 * Imports of libraries that work in the sources and yield undefined, or another value, in the bundle. Two cases differ:
 * - `import()` of a CommonJS library: Node finds names in the library's text, esbuild offers `default` alone.
 * - A library with `module` and without `exports`: Node loads `main`, esbuild loads `module`, and their defaults differ.
 */
export function libraryImportFaults({ inputs, outputs }: Metafile, reader: Reader): string[] {
  const chunks = Object.values(outputs);
  const faults: string[] = [];
  for (const [path, { imports }] of Object.entries(inputs)) {
    if (libraryOf(path) !== undefined || !/\.[cm]?ts$/.test(path)) continue;
    const libraries = imports.filter(
      ({ original, path: file }) => original !== undefined && libraryOf(file) !== undefined,
    );
    if (libraries.length === 0) continue;
    const code = withoutTypes(reader.source(path));
    for (const { original = "", kind, path: file } of libraries) {
      if (kind === "dynamic-import") {
        const offered = chunks.find(({ entryPoint }) => entryPoint === file)?.exports ?? [];
        faults.push(...dynamicFaults(code, original, offered).map((fault) => `${path} ${fault}`));
      } else if (hasDefaultImport(code, original) && loadsOtherFile(reader.manifest(file), original)) {
        faults.push(`${path} imports the default of ${original}, but Node and the bundle load different files of it.`);
      }
    }
  }
  return [...new Set(faults)].sort();
}

function dynamicFaults(code: string, library: string, offered: readonly string[]): string[] {
  return dynamicImports(code, library).flatMap((names) => {
    if (names === undefined) {
      return offered.some((name) => name !== "default")
        ? []
        : [`imports all of ${library}, whose bundle has only the default; ${remedy(library)}`];
    }
    return names
      .filter((name) => !offered.includes(name))
      .map((name) => `imports ${name} of ${library}, which is undefined in the bundle; ${remedy(library)}`);
  });
}

const remedy = (library: string): string => `write \`const { default: library } = await import("${library}")\`.`;

/** The names that each `import()` of the library takes; undefined if it takes the whole namespace. */
function dynamicImports(code: string, library: string): (string[] | undefined)[] {
  const call = String.raw`import\("${escaped(library)}"\)`;
  return [...code.matchAll(new RegExp(call, "g"))].map(({ 0: text, index }) => {
    const before = code.slice(0, index);
    const after = code.slice(index + text.length);
    const taken =
      /\{([^{}]*)\} = await $/.exec(before)?.[1] ?? /^\.then\((?:async )?\(\{([^{}]*)\}\) =>/.exec(after)?.[1];
    if (taken !== undefined) return namesIn(taken);
    const member = before.endsWith("(await ") ? /^\)\.([\w$]+)/.exec(after)?.[1] : undefined;
    return member === undefined ? undefined : [member];
  });
}

function namesIn(pattern: string): string[] | undefined {
  const names = pattern.split(",").map((part) => part.split(/[:=]/, 1)[0]?.trim() ?? "");
  return names.some((name) => name.startsWith("...")) ? undefined : names.filter((name) => name !== "");
}

const escaped = (library: string): string => library.replaceAll(/[.+*?^${}()|[\]\\]/g, String.raw`\$&`);

function hasDefaultImport(code: string, library: string): boolean {
  const from = String.raw`from "${escaped(library)}"`;
  return new RegExp(String.raw`import (?:[\w$]+[^"]*|\{[^"}]*\bdefault as [^"}]*\} )${from}`).test(code);
}

function loadsOtherFile({ exports, module, main = "index.js" }: Manifest, specifier: string): boolean {
  const isWholePackage = specifier.split("/").length === (specifier.startsWith("@") ? 2 : 1);
  return isWholePackage && exports === undefined && module !== undefined && module !== main;
}

/** JavaScript as esbuild prints it, in which an import of a type is gone and every statement has one form. */
function withoutTypes(source: string): string {
  return transformSync(source, { loader: "ts", format: "esm", target: "esnext" }).code;
}
