import type { Readable } from "node:stream";

/**
 * The lines of a stream, split at `\n` only. node:readline also splits at U+2028, which JSON allows unescaped. A last
 * line without `\n` is a line; `\r` before `\n` is removed.
 */
export async function* lines(stream: Readable): AsyncGenerator<string, undefined> {
  stream.setEncoding("utf8");
  let pending: string[] = [];
  for await (const chunk of stream as AsyncIterable<string>) {
    if (!chunk.includes("\n")) {
      pending.push(chunk);
      continue;
    }
    const parts = (pending.join("") + chunk).split("\n");
    pending = [parts.pop() ?? ""];
    for (const part of parts) yield part.endsWith("\r") ? part.slice(0, -1) : part;
  }
  const last = pending.join("");
  if (last !== "") yield last;
  return undefined;
}
