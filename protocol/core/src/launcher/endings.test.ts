import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { ProviderProcess } from "../testing/provider-process.ts";
import { canCompile } from "./compile.ts";
import { answererOf, fine, launcherOf, Launchers, moody, room, slow, until } from "./testing/launched.ts";

const answered = { createResourceResponse: { outputProperties: { pid: expect.any(Number) } } };
const interrupted = { errorResponse: { message: expect.stringMatching(/^\[protocol\.interrupted\] /) } };

const finish = (begun: readonly ProviderProcess[]) => Promise.all(begun.map((one) => one.finish()));

describe.skipIf(!canCompile())("the end of a launcher or a worker", () => {
  /** A silent worker is killed after 12 s here. */
  let launcher: string;
  let launchers: Launchers;
  beforeAll(() => {
    launcher = launcherOf("impatient", { macros: { SILENCE_SECONDS: 12 } });
  });
  beforeEach(() => {
    const made = new Launchers(launcher);
    launchers = made;
    onTestFinished(() => made[Symbol.dispose]());
  });

  /** Launchers whose requests are all in the worker. */
  async function inHand(count: number, seconds: number): Promise<ProviderProcess[]> {
    await launchers.ask(fine);
    const begun = Array.from({ length: count }, () => launchers.begin(slow(seconds)));
    await pause(1000);
    return begun;
  }

  test("a killed launcher loses its own request only", async () => {
    const [killed, ...others] = await inHand(10, 3);
    killed?.kill();
    for (const { answers, exitCode } of await finish(others)) {
      expect({ answers, exitCode }).toEqual({ answers: [answered], exitCode: 0 });
    }
    expect(launchers.workers).toHaveLength(1);
  });

  test.for([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s takes effect after the answer of the request in hand, or at once", async ([signal, status]) => {
    const [busy] = await inHand(1, 2);
    const idle = launchers.begin(fine);
    await idle.answer();
    for (const one of [busy, idle]) process.kill(one?.pid ?? 0, signal);
    expect(await busy?.finish()).toMatchObject({ answers: [answered], exitCode: status });
    expect(await idle.finish()).toMatchObject({ exitCode: null, signal });
  });

  test("the death of a worker with 20 requests in hand is not noticed: each is repeated by its launcher", async () => {
    const begun = await inHand(20, 2);
    const [worker = 0] = launchers.workers;
    process.kill(worker, "SIGKILL");
    const finished = await finish(begun);
    expect(finished.flatMap(({ answers }) => answers)).toEqual(Array.from({ length: 20 }, () => answered));
    // A launcher becomes the provider, and keeps its process id.
    expect(finished.map(answererOf)).toEqual(begun.map(({ pid }) => pid));
    expect(finished.map(({ exitCode }) => exitCode)).toEqual(Array(20).fill(0));
    const next = answererOf(await launchers.ask(fine));
    expect(launchers.workers).toEqual([next]);
  });

  test("only what is not answered is repeated, and the lines that follow are answered, too", async () => {
    const one = launchers.begin(fine);
    await one.answer();
    one.send(slow(1.5));
    one.send(fine);
    await pause(700);
    for (const worker of launchers.workers) process.kill(worker, "SIGKILL");
    await one.answer();
    one.send(fine);
    const { answers, exitCode } = await one.finish();
    expect(answers).toEqual([answered, answered, answered, answered]);
    expect(new Set(answers.slice(1).map((answer) => answererOf({ answers: [answer] })))).toEqual(new Set([one.pid]));
    expect(exitCode).toBe(0);
  });

  test("a launcher that got a signal repeats nothing when its worker dies", async () => {
    const [one] = await inHand(1, 5);
    process.kill(one?.pid ?? 0, "SIGTERM");
    await pause(200);
    for (const worker of launchers.workers) process.kill(worker, "SIGKILL");
    expect(await one?.finish()).toMatchObject({ answers: [interrupted], exitCode: 143 });
  });

  test("everyone is asked to stop at once: all requests in hand are answered", async () => {
    const begun = await inHand(10, 2);
    const [worker = 0] = launchers.workers;
    for (const pid of [worker, ...begun.map(({ pid: own }) => own)]) process.kill(pid, "SIGTERM");
    for (const finished of await finish(begun)) expect(finished).toMatchObject({ answers: [answered], exitCode: 143 });
    await until(() => launchers.workers.length === 0);
    expect(launchers.files).toEqual([]);
  });

  test("a stopped launcher holds up nobody, and goes on later", async () => {
    const [stopped, ...others] = await inHand(5, 1);
    process.kill(stopped?.pid ?? 0, "SIGSTOP");
    for (const { answers } of await finish(others)) expect(answers).toEqual([answered]);
    await pause(13_000);
    process.kill(stopped?.pid ?? 0, "SIGCONT");
    expect(await stopped?.finish()).toMatchObject({ answers: [answered], exitCode: 0 });
  });

  test("a worker that is silent for too long is killed, and its requests are repeated", async () => {
    const begun = await inHand(3, 2);
    const [worker = 0] = launchers.workers;
    process.kill(worker, "SIGSTOP");
    expect((await finish(begun)).map(answererOf)).toEqual(begun.map(({ pid }) => pid));
    expect(launchers.workers).not.toContain(worker);
  });

  test("a worker with a long request is not silent", async () => {
    const [one] = await inHand(1, 15);
    const [worker] = launchers.workers;
    expect(answererOf((await one?.finish()) ?? { answers: [] })).toBe(worker);
  });

  test("an uncaught error ends the worker, and every request is repeated by a process of its own", async () => {
    const [other] = await inHand(1, 3);
    const broken = launchers.begin(moody({ mood: "loose" }));
    expect(await broken.finish()).toMatchObject({
      answers: [{ errorResponse: { message: expect.stringContaining("socket hang up") } }],
    });
    expect(answererOf((await other?.finish()) ?? { answers: [] })).toBe(other?.pid);
  });

  test("tagged requests are served by the provider itself", async () => {
    const one = launchers.begin({ taggedRequest: { id: 1, request: fine } });
    expect(await one.answer()).toMatchObject({ taggedStderr: { id: 1 } });
    const { taggedResponse } = await one.answer();
    expect(taggedResponse).toEqual({
      id: 1,
      response: { createResourceResponse: { outputProperties: { pid: one.pid } } },
    });
    expect((await one.finish()).exitCode).toBe(0);
    const mixed = launchers.begin(fine);
    await mixed.answer();
    mixed.send({ taggedRequest: { id: 2, request: fine } });
    await mixed.answer();
    expect(await mixed.answer()).toMatchObject({ taggedResponse: { id: 2 } });
    expect((await mixed.finish()).exitCode).toBe(0);
  });

  test("an upgrade between two requests brings another worker; one during a request that fails repeats it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "upgrade-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const main = join(folder, "main.ts");
    writeFileSync(main, `import ${JSON.stringify(room)};`);
    const upgraded = new Launchers(launcherOf("upgraded", { main }), main);
    onTestFinished(() => upgraded[Symbol.dispose]());
    const first = answererOf(await upgraded.ask(fine));
    const during = upgraded.begin(moody({ mood: "slow", seconds: 60, timeoutSeconds: 3 }));
    await pause(1500);
    rmSync(main);
    writeFileSync(main, `process.stdin.on("data", () => process.stdout.write('{"newer":{}}\\n'));`);
    expect(await during.finish()).toMatchObject({ answers: [{ newer: {} }], exitCode: 0 });
    rmSync(main);
    writeFileSync(main, `import ${JSON.stringify(room)};`);
    const second = answererOf(await upgraded.ask(fine));
    expect(second).not.toBe(first);
    expect(upgraded.workers).toContain(second);
  });
});
