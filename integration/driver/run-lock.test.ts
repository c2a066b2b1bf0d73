import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { holdLock } from "./run-lock.ts";
import { lines } from "./provider/lines.ts";

// Each test starts a program, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000 });

const module = JSON.stringify(new URL("run-lock.ts", import.meta.url).href);
const name = `/test/${process.pid}`;

test("names the holder to a second process, and gets the lock after its release", async () => {
  const lock = await holdLock(name);
  await expect(holdLock(name)).rejects.toThrow(
    new RegExp(
      String.raw`^\[driver\.locked\] Unable to lock ${name}: process ${process.pid} of user \S+, since 2\S+ holds the lock\.`,
    ),
  );
  await using _ = await holdLock(`${name}/other`);
  await lock[Symbol.asyncDispose]();
  await (await holdLock(name))[Symbol.asyncDispose]();
});

test("a killed holder leaves no lock behind", async () => {
  const script = `const { holdLock } = await import(${module}); await holdLock("${name}"); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  for await (const line of lines(child.stdout)) if (line === "held") break;
  await expect(holdLock(name)).rejects.toThrow(`process ${child.pid}`);
  child.kill("SIGKILL");
  await once(child, "exit");
  await (await holdLock(name))[Symbol.asyncDispose]();
});
