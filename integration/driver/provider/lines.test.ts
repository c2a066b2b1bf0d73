import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { lines } from "./lines.ts";

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines(Readable.from(chunks, { objectMode: false }))) found.push(line);
  return found;
}

test("joins the pieces of a line, accepts CRLF, and a last line without an end", async () => {
  expect(await linesOf("on", "e\ntw", "o\r\n\nfo", "ur")).toEqual(["one", "two", "", "four"]);
  expect(await linesOf("one\n")).toEqual(["one"]);
  expect(await linesOf()).toEqual([]);
});

test("does not split at a line separator inside a JSON string", async () => {
  expect(await linesOf('"a\u2028b"\n')).toEqual(['"a\u2028b"']);
});

test("keeps a character whole that is split between two pieces", async () => {
  const bytes = Buffer.from("ä\n");
  expect(await linesOf(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(["ä"]);
});
