import { basename } from "node:path";
import { libraryOf, type Metafile } from "./metafile.ts";

/**
 * The chunks that every process loads before it reads a request, in bytes, apart from the provider's main chunk. The words
 * for errors of the system (2.5 KB) are among them: a process without free file descriptors cannot load them later.
 */
const sharedLimit = 64 * 1024;

/** The main chunk has the loader of the others, and grows with each module that it can load later: a type above all. */
const mainLimit = (modules: number): number => 2560 + 160 * modules;

/** The only library that every process may load. */
const eagerLibraries = new Set(["zod"]);

/**
 * The faults of what a provider's processes load at their start, as sentences. `sizeOf` returns the size in bytes of a
 * shipped chunk, since the metafile has the size from before the conversion to CommonJS.
 */
export function bundleFaults({ outputs }: Metafile, sizeOf: (chunk: string) => number): string[] {
  const main = Object.keys(outputs).find((chunk) => basename(chunk) === "main.cjs");
  if (main === undefined) return ["The bundle has no main.cjs."];
  const eager = [...eagerChunks(main, outputs)];
  const inputs = eager.flatMap((chunk) =>
    Object.entries(outputs[chunk]?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [input] : [],
    ),
  );
  const libraries = new Set(inputs.flatMap((input) => libraryOf(input) ?? []));
  return [
    ...sharedFaults(eager.filter((chunk) => chunk !== main).reduce((sum, chunk) => sum + sizeOf(chunk), 0)),
    ...mainFaults(sizeOf(main), outputs[main]?.imports.filter(({ kind }) => kind === "dynamic-import").length ?? 0),
    ...[...libraries]
      .filter((library) => !eagerLibraries.has(library))
      .map((library) => `Every process loads ${library} at its start; import() it in the function that needs it.`),
    ...(inputs.some((input) => input.includes("/zod/v4/locales/")) ? ["Every process loads zod's languages."] : []),
  ];
}

function sharedFaults(size: number): string[] {
  if (size <= sharedLimit) return [];
  return [`Every process loads ${size} bytes besides main.cjs at its start; ${sharedLimit} are allowed.`];
}

function mainFaults(size: number, modules: number): string[] {
  const limit = mainLimit(modules);
  if (size <= limit) return [];
  return [`main.cjs has ${size} bytes; ${limit} are allowed for the ${modules} modules that it can load.`];
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
