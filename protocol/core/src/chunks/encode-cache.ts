import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { thisNode, type Header } from "./code-cache.ts";

/** The content of a cache: header and code twice, then the chunks. `readCache` compares the copies. */
export function encodeCache(folder: string, chunks: readonly string[], code: Uint8Array): Buffer {
  const texts = chunks.map((name) => readFileSync(`${folder}/${name}`));
  const header: Header = {
    node: thisNode,
    chunks: chunks.map((name, index) => [name, texts[index]?.length ?? 0]),
    codeBytes: code.length,
  };
  const twice = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), code]);
  return Buffer.concat([twice, twice, ...texts]);
}

/** Writes a cache so that no reader ever finds a part of it, and a crash of the machine leaves none behind. */
export function writeCache(file: string, content: Uint8Array): void {
  const draft = `${file}.${process.pid}`;
  try {
    const fd = openSync(draft, "wx", 0o644);
    try {
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
