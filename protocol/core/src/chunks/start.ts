// The start of every bundle's main chunk: runs the rest of the chunk, `main`, with a `require` that uses code caches.
import { chunkLoader } from "./load-chunk.ts";

declare const main: (require: (id: string) => unknown) => void;

// A shorter way than `require` to the modules of Node.
main(chunkLoader(__dirname, (id) => process.getBuiltinModule(id) ?? require(id)));
