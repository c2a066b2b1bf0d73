import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { holderFile } from "./lock-holder.ts";
import { holdLock } from "./run-lock.ts";
import { lines } from "./provider/lines.ts";

// Each test starts a program, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000 });

const module = JSON.stringify(new URL("run-lock.ts", import.meta.url).href);
const name = `/test/${process.pid}`;
const own = new RegExp(
  String.raw`^\[driver\.locked\] Unable to lock ${name}: process ${process.pid} of user \S+, since 2\S+ holds the lock\.`,
);

/** A process that holds the lock until it is killed. */
async function startHolder(): Promise<ChildProcess> {
  const script = `const { holdLock } = await import(${module}); globalThis.lock = await holdLock("${name}"); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  for await (const line of lines(child.stdout)) if (line === "held") break;
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

test("names the holder to a second process, and gets the lock after its release", async () => {
  const lock = await holdLock(name);
  await expect(holdLock(name)).rejects.toThrow(own);
  using _ = await holdLock(`${name}/other`);
  expect(statSync(holderFile(name)).mode & 0o777).toBe(0o600);
  lock[Symbol.dispose]();
  expect(existsSync(holderFile(name))).toBe(false);
  (await holdLock(name))[Symbol.dispose]();
});

test("a killed holder leaves no lock behind, and the next one replaces its name", async () => {
  const child = await startHolder();
  await expect(holdLock(name)).rejects.toThrow(`process ${child.pid} of user `);
  await kill(child);
  expect(readFileSync(holderFile(name), "utf8")).toContain(`process ${child.pid} `);
  using _ = await holdLock(name);
  await expect(holdLock(name)).rejects.toThrow(own);
});

test("does not name a process that has ended while the holder's own name is still to come", async () => {
  const child = await startHolder();
  await kill(child);
  const stale = readFileSync(holderFile(name), "utf8");
  using _ = await holdLock(name);
  const fresh = readFileSync(holderFile(name), "utf8");
  writeFileSync(holderFile(name), stale);
  setTimeout(() => writeFileSync(holderFile(name), fresh), 200);
  await expect(holdLock(name)).rejects.toThrow(own);
});

test("rejects a second process also if the holder's name is missing", async () => {
  using _ = await holdLock(name);
  rmSync(holderFile(name));
  await expect(holdLock(name)).rejects.toThrow(`Unable to lock ${name}: another process holds the lock.`);
});

test("waits for a holder that is about to release the lock", async () => {
  const lock = await holdLock(name);
  rmSync(holderFile(name));
  setTimeout(() => lock[Symbol.dispose](), 200);
  (await holdLock(name))[Symbol.dispose]();
});
