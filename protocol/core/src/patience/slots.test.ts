import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { runWith } from "../request/context.ts";
import { Progress } from "../request/progress.ts";
import { takeSlot } from "./slots.ts";

const folder = mkdtempSync("/tmp/slots-");
beforeEach(() => void vi.stubEnv("XDG_RUNTIME_DIR", folder));
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

const places = join(folder, "nixops4-resources");
const endpoint = (name: string): string => `test:${process.pid}:${name}`;
const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds, "waiting"));

/** Starts a process that takes a place and keeps it until it is killed. Resolves when the process has the place. */
async function hold(name: string): Promise<ChildProcess> {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(import.meta.dirname, "../../node_modules/.compile-cache") };
  const holder = join(import.meta.dirname, "slot-holder.ts");
  const child = fork(holder, ["slot", endpoint(name), "2"], { stdio: ["ignore", "ignore", "inherit", "ipc"], env });
  await once(child, "message");
  return child;
}

test("admits no more processes than places, and frees the place of a killed process", async () => {
  const [first, second] = await Promise.all([hold("kill"), hold("kill")]);
  const third = hold("kill");
  expect(await Promise.race([third, later(500)])).toBe("waiting");
  first.kill("SIGKILL");
  const taken = await third;
  second.kill();
  taken.kill();
});

test("takes a place that is released", async () => {
  const one = await takeSlot(endpoint("wake"), 1);
  const waiting = takeSlot(endpoint("wake"), 1);
  one[Symbol.dispose]();
  (await waiting)[Symbol.dispose]();
});

test("shares the places among the requests of one process", async () => {
  const slots = await Promise.all(Array.from({ length: 5 }, () => takeSlot(endpoint("own"), 5)));
  const sixth = takeSlot(endpoint("own"), 5);
  expect(await Promise.race([sixth, later(100)])).toBe("waiting");
  slots[3]?.[Symbol.dispose]();
  (await sixth)[Symbol.dispose]();
  for (const slot of slots) slot[Symbol.dispose]();
});

test("reports a long wait once for each request, with the name of its object, then once for all", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "hrtime", "Date"] });
  onTestFinished(() => void vi.useRealTimers());
  using taken = await takeSlot(endpoint("report"), 1);
  expect(taken).toBeDefined();
  const controller = new AbortController();
  const reports: string[] = [];
  // A fake timer runs in the context of the call that advances the time.
  const pass = (milliseconds: number) =>
    runWith({ stderr: (text) => void reports.push(text) }, async () => {
      await vi.advanceTimersByTimeAsync(milliseconds);
      await vi.dynamicImportSettled();
    });
  const requests = ["a", "b", "c"].map((name) => {
    const progress = new Progress();
    progress.subject = `role ${name}`;
    return runWith({ progress, signal: controller.signal }, () => takeSlot(endpoint("report"), 1));
  });
  await pass(2100);
  expect(reports.splice(0).toSorted()).toEqual(
    ["a", "b", "c"].map((name) => `role ${name} is still waiting for one of 1 places at ${endpoint("report")} (2 s)\n`),
  );
  await pass(20_000);
  expect(reports).toHaveLength(2);
  controller.abort();
  const ended = Promise.allSettled(requests);
  await pass(1000);
  expect((await ended).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
});

test("stops waiting for a place when its request ends early", async () => {
  using taken = await takeSlot(endpoint("end"), 1);
  expect(taken).toBeDefined();
  const controller = new AbortController();
  const waiting = runWith({ signal: controller.signal }, () => takeSlot(endpoint("end"), 1));
  setTimeout(() => controller.abort(), 50);
  await expect(waiting).rejects.toThrow("aborted");
});

test("accepts an endpoint of any length and with any character", async () => {
  using slot = await takeSlot(`postgres:${"database.".repeat(200)}/\0\n\u{1b}:5432`, 1);
  expect(slot).toBeDefined();
});

test("keeps its files to this user", async () => {
  using slot = await takeSlot(endpoint("mode"), 1);
  expect(slot).toBeDefined();
  expect(statSync(places).mode & 0o777).toBe(0o700);
  for (const file of readdirSync(places)) expect(statSync(join(places, file)).mode & 0o777).toBe(0o600);
});

test("takes another folder if others could have prepared the first one", async () => {
  const session = mkdtempSync(join(folder, "session-"));
  const service = mkdtempSync(join(folder, "service-"));
  vi.stubEnv("XDG_RUNTIME_DIR", session);
  vi.stubEnv("RUNTIME_DIRECTORY", `${service}:/run/other`);
  const first = join(session, "nixops4-resources");
  const prepare: (() => void)[] = [
    () => symlinkSync(service, first),
    () => (mkdirSync(first), chmodSync(first, 0o770)),
    () => (mkdirSync(first, { mode: 0o700 }), chmodSync(session, 0o777)),
  ];
  for (const [index, plant] of prepare.entries()) {
    plant();
    using slot = await takeSlot(endpoint(`planted ${index}`), 1);
    expect(slot).toBeDefined();
    expect(readdirSync(join(service, "nixops4-resources"))).toHaveLength(index + 1);
    rmSync(first, { recursive: true });
  }
});
