import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { ProviderSession } from "./provider-session.ts";

const folder = mkdtempSync(join(tmpdir(), "nixops4-provider-session-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Answers with its pid and the number of the request; other requests make it misbehave. */
const main = join(folder, "main.mjs");
writeFileSync(
  main,
  `import { createInterface } from "node:readline";
   import { setTimeout as pause } from "node:timers/promises";
   const say = (message) => console.log(JSON.stringify(message));
   let count = 0;
   for await (const line of createInterface({ input: process.stdin })) {
     const request = JSON.parse(line);
     const [kind] = Object.keys(request);
     if (kind === undefined) { console.error("failed: the request is empty"); say({ errorResponse: {} }); continue; }
     if (kind === "die") process.exit(3);
     if (kind === "slow") await pause(200);
     if (kind === "outcome") console.error(JSON.stringify({ outcome: request.outcome }));
     say({ answer: { kind, pid: process.pid, count: ++count } });
     if (kind === "late") { await pause(100); console.error("late " + count); }
     if (kind === "twice") say({ answer: {} });
     if (kind === "leave") setTimeout(() => process.exit(4), 50);
   }`,
);

let session: ProviderSession;
beforeEach(() => {
  session = new ProviderSession({ main });
});
afterEach(() => session[Symbol.asyncDispose]());

const answerTo = async (request: object): Promise<unknown> =>
  (await session.ask({ ...request })).answers[0]?.["answer"];

test("answers every request from one process", async () => {
  expect(await answerTo({ first: 1 })).toEqual({ kind: "first", pid: session.pid, count: 1 });
  expect(await answerTo({ second: 1 })).toEqual({ kind: "second", pid: session.pid, count: 2 });
  expect(await session.finish()).toMatchObject({ stdout: expect.stringContaining("second") });
});

test("assigns outcomes and late log lines to the request that caused them", async () => {
  expect((await session.ask({ outcome: "created" })).outcomes).toEqual(["created"]);
  expect((await session.ask({ look: 1 })).outcomes).toEqual([]);
  expect((await session.ask({ late: 1 })).stderr).toBe("late 3\n");
  expect((await session.ask({ look: 1 })).stderr).toBe("");
});

test("gives a concurrent request a process of its own", async () => {
  const [slow, other] = await Promise.all([answerTo({ slow: 1 }), answerTo({ other: 1 })]);
  expect(slow).toMatchObject({ pid: session.pid, count: 1 });
  expect(other).not.toMatchObject({ pid: session.pid });
});

test("names the request at which the process died, and starts another process for the next one", async () => {
  await answerTo({ first: 1 });
  await expect(session.ask({ die: 1 })).rejects.toThrow('The long-lived process failed at {"die":1}');
  expect(await answerTo({ next: 1 })).toMatchObject({ kind: "next", count: 1 });
});

test("notices a process that ended between two requests", async () => {
  await answerTo({ leave: 1 });
  await expect.poll(() => isRunning(session.pid)).toBe(false);
  await expect(session.ask({ next: 1 })).rejects.toThrow(
    'The long-lived process ended after it had answered {"leave":1}',
  );
  expect(await answerTo({ again: 1 })).toMatchObject({ kind: "again", count: 1 });
});

test("rejects a second answer to one request", async () => {
  await expect(session.ask({ twice: 1 })).rejects.toThrow("Several answers");
});

test("reports a process that does not exit with 0 at the end of its input", async () => {
  await answerTo({ leave: 1 });
  await expect.poll(() => isRunning(session.pid)).toBe(false);
  await expect(session.finish()).rejects.toThrow("exited with status 4");
});

function isRunning(pid: number | undefined): boolean {
  try {
    process.kill(pid ?? 0, 0);
    return true;
  } catch {
    return false;
  }
}
