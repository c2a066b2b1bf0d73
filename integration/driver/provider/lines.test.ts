import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { lines } from "./lines.ts";

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines(Readable.from(chunks, { objectMode: false }))) found.push(line);
  return found;
}

test("a line may come in pieces, end in CRLF, and the last one in nothing", async () => {
  expect(await linesOf("on", "e\ntw", "o\r\n\nfo", "ur")).toEqual(["one", "two", "", "four"]);
  expect(await linesOf("one\n")).toEqual(["one"]);
  expect(await linesOf()).toEqual([]);
});

test("a line separator inside a JSON string does not end the line", async () => {
  expect(await linesOf('"a\u2028b"\n')).toEqual(['"a\u2028b"']);
});

test("a character that was split between two pieces stays whole", async () => {
  const bytes = Buffer.from("ä\n");
  expect(await linesOf(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(["ä"]);
});
