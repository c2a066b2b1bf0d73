import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runWith } from "../request/context.ts";
import { takeSlot } from "./slots.ts";

const holder = join(import.meta.dirname, "slot-holder.ts");
const endpoint = (name: string): string => `test:${process.pid}:${name}`;

/** Starts a process that takes a place and keeps it until it is killed. Resolves when the process has the place. */
async function hold(name: string): Promise<ChildProcess> {
  const child = fork(holder, [endpoint(name), "2"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  await once(child, "message");
  return child;
}

test.runIf(process.platform === "linux")(
  "admits no more processes than places, and frees the place of a killed process",
  async () => {
    const [first, second] = await Promise.all([hold("kill"), hold("kill")]);
    const third = hold("kill");
    const tooEarly = await Promise.race([third, new Promise((resolve) => setTimeout(resolve, 500, "waiting"))]);
    expect(tooEarly).toBe("waiting");
    first.kill("SIGKILL");
    const taken = await third;
    second.kill();
    taken.kill();
  },
);

test.runIf(process.platform === "linux")("wakes a waiting request when a place is released", async () => {
  const one = await takeSlot(endpoint("wake"), 1);
  const waiting = takeSlot(endpoint("wake"), 1);
  one[Symbol.dispose]();
  (await waiting)[Symbol.dispose]();
});

test.runIf(process.platform === "linux")("shares the places among the requests of one process", async () => {
  const slots = await Promise.all(Array.from({ length: 5 }, () => takeSlot(endpoint("own"), 5)));
  const sixth = takeSlot(endpoint("own"), 5);
  expect(await Promise.race([sixth, new Promise((resolve) => setTimeout(resolve, 100, "waiting"))])).toBe("waiting");
  slots[3]?.[Symbol.dispose]();
  (await sixth)[Symbol.dispose]();
  for (const slot of slots) slot[Symbol.dispose]();
});

test.runIf(process.platform === "linux")("stops waiting for a place when its request ends early", async () => {
  using taken = await takeSlot(endpoint("end"), 1);
  expect(taken).toBeDefined();
  const { signal, abort } = aborting();
  const waiting = runWith({ signal }, () => takeSlot(endpoint("end"), 1));
  abort();
  await expect(waiting).rejects.toThrow("aborted");
});

function aborting(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => setTimeout(() => controller.abort(), 50) };
}
