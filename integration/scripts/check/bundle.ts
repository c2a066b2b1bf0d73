import { basename } from "node:path";

/** What esbuild tells of a bundle, as far as it matters here. Source: https://esbuild.github.io/api/#metafile */
export interface Metafile {
  readonly outputs: Readonly<Record<string, Output>>;
}

interface Output {
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

/** Every process of a provider loads this much before it reads a request, in bytes. */
const eagerLimit = 60 * 1024;

/** The only library that may stand in what every process loads. */
const eagerLibraries = new Set(["zod"]);

/**
 * What is wrong with what a provider's processes load at their start, in words. `sizeOf` tells the size in bytes of a
 * chunk as it ships, since the metafile knows it only before it was turned into CommonJS.
 */
export function bundleFaults({ outputs }: Metafile, sizeOf: (chunk: string) => number): string[] {
  const main = Object.keys(outputs).find((chunk) => basename(chunk) === "main.cjs");
  if (main === undefined) return ["There is no main.cjs."];
  const eager = [...eagerChunks(main, outputs)];
  const total = eager.reduce((sum, chunk) => sum + sizeOf(chunk), 0);
  const inputs = eager.flatMap((chunk) =>
    Object.entries(outputs[chunk]?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [input] : [],
    ),
  );
  const libraries = new Set(inputs.flatMap((input) => libraryOf(input) ?? []));
  return [
    ...(total > eagerLimit ? [`Every process loads ${total} bytes at its start; ${eagerLimit} are allowed.`] : []),
    ...[...libraries]
      .filter((library) => !eagerLibraries.has(library))
      .map((library) => `Every process loads ${library} at its start; import() it where it is needed.`),
    ...(inputs.some((input) => input.includes("/zod/v4/locales/")) ? ["Every process loads zod's languages."] : []),
  ];
}

/** The chunk and all that it imports before it runs; `import()` comes later. */
function eagerChunks(chunk: string, outputs: Metafile["outputs"], found = new Set<string>()): Set<string> {
  if (found.has(chunk)) return found;
  found.add(chunk);
  for (const { path, kind } of outputs[chunk]?.imports ?? []) {
    if (kind !== "dynamic-import" && outputs[path] !== undefined) eagerChunks(path, outputs, found);
  }
  return found;
}

/** The package that a file of node_modules belongs to, by the last node_modules in its path. */
function libraryOf(input: string): string | undefined {
  return /.*\/?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}
