import { readFileSync } from "node:fs";
import { Script } from "node:vm";
import { asFunction, readCache, type Factory } from "./code-cache.ts";

/** `require` for a bundle: loads each chunk of the folder once, from a cache if there is one. */
export function chunkLoader(folder: string, requireOther: (id: string) => unknown): (id: string) => unknown {
  const modules = new Map<string, { exports: object }>();
  const cached = new Map<string, Factory>();

  function load(id: string): unknown {
    if (!id.startsWith("./")) return requireOther(id);
    const name = id.slice(2);
    const loaded = modules.get(name);
    if (loaded !== undefined) return loaded.exports;
    const module = { exports: {} };
    const factory = factoryOf(name);
    modules.set(name, module);
    try {
      factory(module.exports, load, module, `${folder}/${name}`, folder);
    } catch (error) {
      modules.delete(name);
      throw error;
    }
    return module.exports;
  }

  function factoryOf(name: string): Factory {
    if (!cached.has(name)) readCache(folder, name)?.forEach((factory, chunk) => cached.set(chunk, factory));
    return cached.get(name) ?? compile(`${folder}/${name}`);
  }

  readCache(folder, "main.cjs")?.forEach((factory, chunk) => cached.set(chunk, factory));
  return load;
}

function compile(file: string): Factory {
  return new Script(`(${asFunction(readFileSync(file, "latin1"))})`, { filename: file }).runInThisContext();
}
