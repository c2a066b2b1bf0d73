import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { canCompile } from "./compile.ts";
import { answererOf, fine, launcherOf, Launchers, moody, slow, until } from "./testing/launched.ts";

describe.skipIf(!canCompile())("launchers and their worker", () => {
  let launcher: string;
  let launchers: Launchers;
  beforeAll(() => {
    launcher = launcherOf("released");
  });
  beforeEach(() => {
    const made = new Launchers(launcher);
    launchers = made;
    onTestFinished(() => made[Symbol.dispose]());
  });

  test("one worker answers the requests of many launchers", async () => {
    const finished = await Promise.all(Array.from({ length: 20 }, () => launchers.ask(fine)));
    expect(launchers.workers).toHaveLength(1);
    expect(new Set(finished.map(answererOf))).toEqual(new Set(launchers.workers));
    expect(finished.map(({ exitCode }) => exitCode)).toEqual(Array(20).fill(0));
    expect(finished.flatMap(({ outcomes }) => outcomes)).toEqual(Array(20).fill("unchanged"));
  });

  test("they run side by side", async () => {
    await launchers.ask(fine);
    const started = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => launchers.ask(slow(1))));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("a launcher answers its lines in order, skips blank ones, and rejects broken ones", () => {
    const lines = [slow(0.3), fine].map((request) => JSON.stringify(request));
    const { stdout, status } = launchers.run(["", ...lines, "\u00a0", "{broken", "\r", "{}"].join("\n"));
    const answers = stdout.trimEnd().split("\n");
    expect(answers.map((line) => line.slice(0, 60))).toEqual([
      expect.stringContaining("createResourceResponse"),
      expect.stringContaining("createResourceResponse"),
      expect.stringContaining("[protocol.request.malformed]"),
      expect.stringContaining("[protocol.request.unknown]"),
    ]);
    expect(status).toBe(0);
    expect(launchers.workers).toHaveLength(1);
  });

  test("a line may have 50 MB", () => {
    const { stdout, status } = launchers.run(
      `${JSON.stringify(moody({ mood: "x".repeat(50_000_000) }))}\n${JSON.stringify(fine)}\n`,
    );
    expect(stdout.split("\n").map((line) => line.slice(0, 20))).toEqual([
      '{"errorResponse":{"m',
      '{"createResourceResp',
      "",
    ]);
    expect(status).toBe(0);
  });

  test("the end of the input ends a launcher, at once or after the last answer", async () => {
    expect(launchers.run("")).toMatchObject({ status: 0, stdout: "" });
    const busy = launchers.begin(slow(0.5));
    expect(await busy.finish()).toMatchObject({ exitCode: 0, answers: [{ createResourceResponse: {} }] });
  });

  test("a reader that closes stdout ends its launcher alone", async () => {
    const child = spawn(launcher, { env: launchers.environment(), stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.write(`${JSON.stringify(slow(0.5))}\n`);
    child.stdout.destroy();
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(launchers.workers).toHaveLength(1);
  });

  test("lines for stderr reach the stderr of their launcher, without secrets", async () => {
    const secret = moody({ mood: "telling", secret: { env: "CANARY" } });
    const environment = { CANARY: "canary-0xC0FFEE" };
    const [telling, other] = await Promise.all([
      launchers.ask(secret, environment),
      launchers.ask(slow(0.5), environment),
    ]);
    expect(telling.stderr).toContain("bad password [secret]");
    expect(telling.stdout + telling.stderr + other.stderr).not.toContain("canary-");
    expect(other.outcomes).toEqual(["unchanged"]);
  });

  test.for([
    ["environment", { FOO: "bar" }, []],
    ["working folder", {}, ["env", "-C", "/"]],
    ["umask", {}, ["sh", "-c", 'umask 077; exec "$@"', "sh"]],
    ["limit", {}, ["prlimit", "--nofile=512:512"]],
    ["parent", {}, ["sh", "-c", '"$@"; exit $?', "sh"]],
  ] as const)("a launcher with another %s has another worker", async ([, environment, under]) => {
    const one = launchers.begin(slow(2));
    const other = launchers.start({ ...environment }, under);
    other.send(slow(2));
    await Promise.all([one.answer(), other.answer()]);
    const answerers = new Set([one, other].map((each) => answererOf(each.shown())));
    expect(answerers.size).toBe(2);
    expect(new Set(launchers.workers)).toEqual(answerers);
    await Promise.all([one.finish(), other.finish()]);
  });

  test("NODE_OPTIONS reaches no Node", async () => {
    const environment = { NODE_OPTIONS: "--require=/missing.cjs" };
    expect((await launchers.ask(fine, environment)).exitCode).toBe(0);
    expect((await launchers.ask(fine, { ...environment, NIXOPS4_RESOURCES_WORKER: "off" })).exitCode).toBe(0);
  });

  test("a worker without launchers ends after 3 s, and nothing is left in the folder", async () => {
    await launchers.ask(fine);
    const [worker] = launchers.workers;
    await pause(2000);
    expect(answererOf(await launchers.ask(fine))).toBe(worker);
    expect(launchers.files).toHaveLength(1);
    await until(() => launchers.workers.length === 0);
    expect(launchers.files).toEqual([]);
  });

  test("launchers that come while a worker ends are answered by the next one", async () => {
    const answers: unknown[] = [];
    for (let wave = 0; wave < 4; wave++) {
      await pause(2950 + 25 * wave);
      answers.push(...(await Promise.all(Array.from({ length: 5 }, () => launchers.ask(fine)))));
    }
    expect(answers).toEqual(Array(20).fill(expect.objectContaining({ exitCode: 0, outcomes: ["unchanged"] })));
  });
});
