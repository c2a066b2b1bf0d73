import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";

/** How much of a file is kept to look into it. */
const kept = 1024 * 1024;

/** A file of which only the beginning, the size and checksums are kept; all bytes only if there is a place for them. */
export class ReceivedFile {
  /** The file with all bytes. */
  readonly path: string | undefined;
  readonly #heads: Buffer[] = [];
  #kept = 0;
  #size = 0;
  readonly #hashes = ["sha256", "sha512", "sha1", "md5"].map(
    (algorithm) => [algorithm, createHash(algorithm)] as const,
  );

  constructor(path?: string) {
    this.path = path;
  }

  write(chunk: Buffer): void {
    if (this.#kept < kept) {
      const piece = chunk.subarray(0, kept - this.#kept);
      this.#heads.push(piece);
      this.#kept += piece.length;
    }
    this.#size += chunk.length;
    if (this.path !== undefined) appendFileSync(this.path, chunk);
    for (const [, hash] of this.#hashes) hash.update(chunk);
  }

  get head(): Buffer {
    return Buffer.concat(this.#heads);
  }

  get size(): number {
    return this.#size;
  }

  /** Call it once, after the last chunk. */
  checksums(): ReadonlyMap<string, string> {
    return new Map(this.#hashes.map(([algorithm, hash]) => [algorithm, hash.digest("hex")]));
  }
}
