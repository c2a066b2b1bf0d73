import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { LockFile } from "./lock-file.ts";
import { fileNameOf, takeLock, tryLock } from "./lock.ts";

const name = (what: string): string => `test:${process.pid}:${what}`;

/** A folder outside of TMPDIR, which the tests may set. */
function temporaryFolder(): string {
  const folder = mkdtempSync("/tmp/lock-test-");
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A process that takes a lock, reports it, and keeps it until it is killed. */
function start(lock: string): ChildProcess {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(import.meta.dirname, "../../node_modules/.compile-cache") };
  const holder = join(import.meta.dirname, "slot-holder.ts");
  const child = fork(holder, ["lock", lock], { stdio: ["ignore", "ignore", "ignore", "ipc"], env });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("excludes the other requests of its own process, and lets one of them follow", async () => {
  const lock = await takeLock(name("own"));
  expect(await tryLock(name("own"))).toBeUndefined();
  const waiting = [takeLock(name("own")), takeLock(name("own"))];
  lock[Symbol.dispose]();
  const next = await Promise.race(waiting);
  expect(await tryLock(name("own"))).toBeUndefined();
  next[Symbol.dispose]();
  for (const each of await Promise.all(waiting)) each[Symbol.dispose]();
});

test("does not depend on the environment", async () => {
  using _lock = await takeLock(name("environment"));
  vi.stubEnv("XDG_RUNTIME_DIR", temporaryFolder());
  vi.stubEnv("TMPDIR", temporaryFolder());
  vi.stubEnv("HOME", temporaryFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await tryLock(name("environment"))).toBeUndefined();
});

test("leaves an empty file and no journal", async () => {
  using _lock = await takeLock(name("file"));
  const folder = `/tmp/nixops4-resources-${process.getuid?.()}/locks`;
  const file = fileNameOf(name("file"));
  expect(readdirSync(folder).filter((entry) => entry.startsWith(file))).toEqual([file]);
  expect(readFileSync(join(folder, file))).toHaveLength(0);
});

test("does not take the lock of a file that was removed after it was opened", () => {
  const path = join(temporaryFolder(), "lock");
  using late = new LockFile(path);
  using first = new LockFile(path);
  using second = new LockFile(path);
  expect(first.tryTake()).toBe(true);
  expect(late.tryTake()).toBe(false);
  first[Symbol.dispose]();
  unlinkSync(path);
  expect(second.tryTake()).toBe(true);
  expect(late.tryTake()).toBe(false);
  expect(late.tryTake()).toBe(false);
  second[Symbol.dispose]();
  expect(late.tryTake()).toBe(true);
});

test("names the folder and the reason if the lock cannot be used", () => {
  const path = join(temporaryFolder(), "folder");
  using file = new LockFile(join(path, "lock"));
  writeFileSync(path, "");
  expect(() => file.tryTake()).toThrow(expect.objectContaining({ code: "protocol.lock.unusable" }));
});

// The kill of a holder is a race with those that wait, so it is tried often.
const rounds = 20;
const processes = 50;

test(
  `exactly one of ${processes} waiting processes takes over the lock of a killed one, ${rounds} times`,
  { timeout: 300_000 },
  async () => {
    const lock = name("kill");
    const holders: ChildProcess[] = [];
    const children = Array.from({ length: processes }, () => start(lock));
    for (const child of children) child.on("message", () => void holders.push(child));
    for (let round = 1; round <= rounds; round++) {
      await vi.waitFor(() => expect(holders).toHaveLength(round), { timeout: 60_000, interval: 2 });
      // In every second round, a process that waits dies in the same moment.
      const waiting = children.find((child) => !holders.includes(child) && child.exitCode === null && !child.killed);
      if (round % 2 === 0) waiting?.kill("SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 40 * Math.random()));
      expect(holders).toHaveLength(round);
      const holder = holders.at(-1);
      holder?.kill("SIGKILL");
      await once(holder ?? children[0]!, "exit");
    }
    expect(new Set(holders).size).toBe(holders.length);
  },
);
