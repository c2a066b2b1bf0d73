import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takeSlot } from "./slots.ts";

const holder = join(import.meta.dirname, "slot-holder.ts");
const endpoint = (name: string): string => `test:${process.pid}:${name}`;

/** A process that takes a place, reports it, and keeps it until it is killed. */
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
