import { existsSync, readFileSync } from "node:fs";
import { Script } from "node:vm";

/** The first line of a cache. */
export interface Header {
  /** The Node that compiled the code. */
  readonly node: string;
  /** The compiled chunks in order: name and size in bytes. */
  readonly chunks: readonly (readonly [name: string, bytes: number])[];
  /** Bytes of V8's code, which follows the header. */
  readonly codeBytes: number;
}

/** A chunk as a function of its CommonJS variables. */
export type Factory = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/** The text of a script that evaluates to a function for each chunk. */
const scriptOf = (chunks: readonly string[]): string => `[${chunks.map(asFunction).join(",")}]`;

export const asFunction = (chunk: string): string =>
  `function(exports,require,module,__filename,__dirname){${chunk}\n}`;

/** V8 compares its version and its flags with those of the code. This is for people, and saves reading in vain. */
export const thisNode = `${process.version}-${process.platform}-${process.arch}`;

/** The cache of what is loaded from `chunk` on. */
export const cacheFile = (folder: string, chunk: string): string => `${folder}/${cacheName(chunk)}`;

const cacheName = (chunk: string): string => `${chunk}.${thisNode}.cache`;

/**
 * The functions of the chunks in a cache, by name. Undefined if it is not certain that the code is complete and belongs to
 * exactly the chunks in the folder. V8 itself compares only the length of the text and does not notice a changed bit.
 *
 * The file has header and code twice, and a copy of each chunk. To compare copies costs a tenth of a checksum, since
 * node:crypto takes 5 ms to load and node:zlib 3 ms.
 */
export function readCache(folder: string, chunk: string): ReadonlyMap<string, Factory> | undefined {
  const filename = cacheFile(folder, chunk);
  if (!existsSync(filename)) return undefined;
  try {
    const bytes = readFileSync(filename);
    const codeStart = bytes.indexOf("\n") + 1;
    const { node, chunks, codeBytes }: Header = JSON.parse(bytes.toString("latin1", 0, codeStart));
    const copyStart = codeStart + codeBytes;
    let at = 2 * copyStart;
    if (node !== thisNode || !bytes.subarray(0, copyStart).equals(bytes.subarray(copyStart, at))) return undefined;
    const texts: string[] = [];
    for (const [name, size] of chunks) {
      const text = readFileSync(`${folder}/${name}`);
      if (!text.equals(bytes.subarray(at, (at += size)))) return undefined;
      texts.push(text.toString("latin1"));
    }
    if (at !== bytes.length) return undefined;
    const cachedData = bytes.subarray(codeStart, copyStart);
    // V8's code contains the script's name. Without a path, it is the same code in each folder.
    const script = new Script(scriptOf(texts), { filename: cacheName(chunk), cachedData });
    const factories: Factory[] = script.runInThisContext();
    return new Map(chunks.map(([name], index) => [name, factories[index]!]));
  } catch {
    // Whatever is wrong with a cache, the chunks themselves are still there.
    return undefined;
  }
}
