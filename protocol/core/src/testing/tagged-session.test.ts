import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { TaggedSession } from "./tagged-session.ts";

const folder = mkdtempSync(join(tmpdir(), "nixops4-tagged-session-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Answers a request with its kind after a moment, and logs as the kind says. */
const main = join(folder, "main.mjs");
writeFileSync(
  main,
  `import { createInterface } from "node:readline";
   const say = (message) => console.log(JSON.stringify(message));
   for await (const line of createInterface({ input: process.stdin })) {
     const { id, request } = JSON.parse(line).taggedRequest;
     const [kind] = Object.keys(request);
     const log = () => say({ taggedStderr: { id, text: kind + " logs\\n" } });
     if (kind === "die") process.exit(3);
     setTimeout(() => {
       if (kind !== "late") log();
       say({ taggedResponse: { id, response: { kind } } });
       if (kind === "late") setTimeout(log, 20);
       if (kind === "twice") say({ taggedResponse: { id, response: { kind } } });
     }, kind === "slow" ? 100 : 0);
   }`,
);

let session: TaggedSession;
beforeEach(() => {
  session = new TaggedSession({ main });
});
afterEach(() => session[Symbol.asyncDispose]().catch(() => undefined));

const ask = async (kind: string): Promise<unknown> => {
  const { answers, stderr } = await session.ask({ [kind]: {} });
  return { answers, stderr };
};

const answered = (kind: string) => ({ answers: [{ kind }], stderr: `${kind} logs\n` });

test("gives each of several requests its own answer and its own lines", async () => {
  expect(await Promise.all([ask("slow"), ask("quick")])).toEqual([answered("slow"), answered("quick")]);
});

test("goes on after a line of work that outlives its request", async () => {
  expect(await ask("late")).toEqual({ answers: [{ kind: "late" }], stderr: "" });
  expect(await ask("slow")).toEqual(answered("slow"));
  expect(await ask("quick")).toEqual(answered("quick"));
});

test("fails what is in hand if the process ends, and starts another one for the next request", async () => {
  const both = await Promise.allSettled([ask("slow"), ask("die")]);
  expect(both.map((result) => (result.status === "rejected" ? String(result.reason) : "answered"))).toEqual([
    expect.stringContaining('The process ended at {"slow":{}}'),
    expect.stringContaining('The process ended at {"die":{}}'),
  ]);
  expect(await ask("quick")).toEqual(answered("quick"));
  await expect(session.finish()).rejects.toThrow("The process ended before the end of its input");
});

test("rejects a second answer to one request", async () => {
  expect(await ask("twice")).toEqual(answered("twice"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(session.finish()).rejects.toThrow("Nobody waits for");
});
