import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ask, startProvider } from "./provider-process.ts";

const folder = mkdtempSync(join(tmpdir(), "nixops4-provider-process-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Answers each request with the value of $ECHO and the request. */
const main = join(folder, "main.mjs");
writeFileSync(
  main,
  `import { createInterface } from "node:readline";
   for await (const line of createInterface({ input: process.stdin })) {
     console.error('{"outcome":"created","type":"echo","label":null,"seconds":0}');
     console.log(JSON.stringify({ echo: process.env.ECHO, home: process.env.NO_SUCH, line }));
   }`,
);

test("ask returns the answer, outcome and command line of one request", async () => {
  const finished = await ask({ main, environment: { ECHO: "hello" } }, { askRequest: {} });
  expect(finished.answers).toEqual([{ echo: "hello", line: '{"askRequest":{}}' }]);
  expect(finished).toMatchObject({ outcomes: ["created"], exitCode: 0, signal: null });
  expect(finished.stderr).toContain('"type":"echo"');
  expect(finished.commandLine).toBe(process.platform === "linux" ? `${process.execPath} ${main}` : null);
});

test("a provider process answers several requests", async () => {
  const provider = startProvider({ main });
  provider.send({ first: 1 });
  expect(await provider.answer()).toEqual({ line: '{"first":1}' });
  provider.send({ second: 2 });
  expect(await provider.answer()).toEqual({ line: '{"second":2}' });
  expect((await provider.finish()).answers).toHaveLength(2);
  await expect(provider.answer()).rejects.toThrow("ended without an answer");
});

test("a killed provider gives no answer", async () => {
  const provider = startProvider({ main });
  provider.kill();
  provider.send({ late: 1 });
  expect(await provider.finish()).toMatchObject({ answers: [], exitCode: null, signal: "SIGKILL" });
});
