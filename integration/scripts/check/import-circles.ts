import { posix } from "node:path";

/** A source file, by its path from the root. */
interface Source {
  readonly path: string;
  readonly text: string;
}

/** Whether a package's specifier is that of a provider. */
type IsProvider = (specifier: string) => boolean;

/** More files than this that all import each other, directly or through others, cannot be read one by one. */
const largestCircle = 3;

/**
 * The faults of the import structure, as sentences: circles, in which imports of types count too, and imports that run
 * from protocol/ to providers/. Only imports that run at once count for circles: `import()` loads a module later, as
 * resource types are.
 */
export function importFaults(sources: readonly Source[], isProvider: IsProvider): string[] {
  const files = new Set(sources.map(({ path }) => path));
  const imports = new Map(
    sources.map(({ path, text }) => [path, staticImports(text).flatMap((name) => resolve(path, name, files) ?? [])]),
  );
  const circles = circlesIn(imports).filter((circle) => circle.length > largestCircle);
  const upward = sources
    .filter(({ path }) => path.startsWith("protocol/"))
    .flatMap((source) =>
      importsOf(source.text)
        .filter((name) => isProvider(name) || posix.join(posix.dirname(source.path), name).startsWith("providers/"))
        .map((name) => `${source.path} imports ${name}; protocol/ must not depend on providers/.`),
    );
  return [
    ...circles.map(
      (circle) =>
        `${circle.length} files import each other; at most ${largestCircle} may: ${circle.sort().join(", ")}.`,
    ),
    ...upward,
  ];
}

/** The relative modules that `import` and `export ... from` name. */
const staticImports = (text: string): string[] =>
  matches(text, /^(?:import|export)\b(?:[^;"'()]*?\bfrom)?\s*["'](\.[^"']+)["']/gm);

const importsOf = (text: string): string[] => [
  ...matches(text, /^(?:import|export)\b(?:[^;"'()]*?\bfrom)?\s*["']([^"']+)["']/gm),
  ...matches(text, /\bimport\(["']([^"']+)["']\)/g),
];

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = ""]) => name);

function resolve(from: string, name: string, files: ReadonlySet<string>): string | undefined {
  const path = posix.join(posix.dirname(from), name);
  return files.has(path) ? path : undefined;
}

/** The strongly connected parts of the graph with more than one node, after Tarjan. */
function circlesIn(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    lowest.set(node, order.get(node) ?? 0);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(next) ?? 0));
    }
    if (lowest.get(node) === order.get(node)) found.push(stack.splice(stack.indexOf(node)));
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return found.filter((circle) => circle.length > 1);
}
