/** The parts of esbuild's metafile that the checks read. Source: https://esbuild.github.io/api/#metafile */
export interface Metafile {
  readonly inputs: Readonly<Record<string, Input>>;
  readonly outputs: Readonly<Record<string, Output>>;
}

interface Input {
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly original?: string }[];
  readonly format?: string;
}

interface Output {
  readonly entryPoint?: string;
  readonly exports: readonly string[];
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

/** The package that a file of node_modules belongs to, by the last node_modules in its path. */
export function libraryOf(input: string): string | undefined {
  return /.*\/?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}
