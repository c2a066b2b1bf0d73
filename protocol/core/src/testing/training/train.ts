import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { cacheFile, readCache } from "../../chunks/code-cache.ts";
import { encodeCache, writeCache } from "../../chunks/encode-cache.ts";
import type { Executable } from "../provider-process.ts";

/** What recorder.cjs writes of each script. */
interface Recorded {
  readonly file: string;
  /** Whether the process compiled it before it read a request. */
  readonly isStarting: boolean;
  /** Whether V8 accepted the script's code cache. */
  readonly isAccepted: boolean;
  readonly code: string;
}

/** Chunks that are loaded together, the first of them by a request or, for `main.cjs`, by every start. */
interface Group {
  readonly cache: string;
  readonly chunks: readonly string[];
}

const recorder = join(import.meta.dirname, "recorder.cjs");

/**
 * Writes the code caches of a resource type beside the chunks of its provider, and those of the provider's start. `work`
 * starts the process that it is given once, and sends it requests for this type. It is called three times, from the same
 * state of the backend: to see which chunks are loaded together, to compile them together, and to see that V8 accepts the
 * result. Nothing changes if a cache is there already.
 */
export async function train(
  { main, environment }: Executable,
  type: string,
  work: (executable: Executable) => Promise<void>,
): Promise<void> {
  const dist = dirname(main);
  const room = mkdtempSync(join(tmpdir(), "code-cache-"));
  const record = join(room, "scripts.json");
  const copy = join(room, "dist");
  const observe = async (): Promise<Recorded[]> => {
    const options = { NODE_OPTIONS: `--require ${JSON.stringify(recorder)}`, RECORDED_SCRIPTS: record };
    await work({ main: join(copy, basename(main)), environment: { ...environment, ...options } });
    return JSON.parse(readFileSync(record, "utf8"));
  };
  try {
    // Without the caches: other types of this provider may be trained at the same time.
    cpSync(dist, copy, { recursive: true, filter: (file) => !file.endsWith(".cache") });
    const groups = groupsOf(await observe(), type);
    const missing = groups.filter(({ cache }) => readCache(dist, cache) === undefined);
    if (missing.length === 0) return;
    for (const { cache, chunks } of groups) writeCache(cacheFile(copy, cache), encodeCache(copy, chunks, Buffer.of()));
    const compiled = await observe();
    for (const { cache, chunks } of groups) {
      const file = cacheFile(copy, cache);
      const code = compiled.find((script) => script.file === basename(file))?.code;
      if (code === undefined) throw new Error(`${basename(file)} was not read.`);
      writeCache(file, encodeCache(copy, chunks, Buffer.from(code, "base64")));
    }
    const rejected = (await observe()).filter(({ isAccepted }) => !isAccepted);
    if (rejected.length > 0)
      throw new Error(`V8 did not use ${rejected.map(({ file }) => basename(file)).join(", ")}.`);
    for (const { cache } of missing) writeCache(cacheFile(dist, cache), readFileSync(cacheFile(copy, cache)));
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/** The chunks of the start, and those from the type's own chunk on. */
function groupsOf(scripts: readonly Recorded[], type: string): Group[] {
  const starting = scripts.filter(({ isStarting }) => isStarting).map(({ file }) => basename(file));
  const others = scripts.filter(({ isStarting }) => !isStarting).map(({ file }) => basename(file));
  const first = others.findIndex((name) => name.startsWith(`${type.replaceAll("_", "-")}-`));
  const [own] = others.slice(first, first + 1);
  if (first === -1 || own === undefined) throw new Error(`No chunk of type ${type} was loaded.`);
  return [
    { cache: "main.cjs", chunks: starting },
    { cache: own, chunks: others.slice(first) },
  ];
}
