import { once } from "node:events";
import { createConnection, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { OwnTime } from "./own-time.ts";

/** Keeps this process from running, as a machine without CPU for it does. */
const starve = (seconds: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);

test("ends after its time, and says so once", async () => {
  let times = 0;
  const started = performance.now();
  using time = new OwnTime({ seconds: 0.3 }, () => times++);
  expect(time.isOver).toBe(false);
  await expect.poll(() => time.isOver, { timeout: 10_000, interval: 10 }).toBe(true);
  expect(performance.now() - started).toBeGreaterThan(299);
  expect(time.seconds).toBeGreaterThanOrEqual(0.3);
  await pause(200);
  expect(times).toBe(1);
});

test("does not count the time in which the process does not run", async () => {
  using time = new OwnTime({ seconds: 1 }, () => undefined);
  await pause(0);
  starve(2);
  // The late tick itself.
  await pause(10);
  expect(time.isOver).toBe(false);
  expect(time.seconds).toBeLessThan(0.5);
  expect(time.lostSeconds).toBeGreaterThan(1.5);
  await expect.poll(() => time.isOver, { timeout: 10_000 }).toBe(true);
});

test("ends after its time on the clock in any case", async () => {
  using time = new OwnTime({ seconds: 10, atMostSeconds: 0.4 }, () => undefined);
  await pause(10);
  starve(0.5);
  await expect.poll(() => time.isOver, { timeout: 2000, interval: 10 }).toBe(true);
  expect(time.seconds + time.lostSeconds).toBeGreaterThan(0.4);
});

test("never ends after its disposal, even if its time is over", async () => {
  let isOver = false;
  const time = new OwnTime({ seconds: 0.05 }, () => (isOver = true));
  // In the same turn of the event loop as the tick that is the last one.
  setTimeout(() => time[Symbol.dispose](), 60);
  starve(0.2);
  await pause(200);
  expect(isOver).toBe(false);
});

test("ends after what arrived during the late tick", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  const client = createConnection(address.port, "127.0.0.1");
  onTestFinished(() => void client.destroy());
  const [peer] = await once(server, "connection");

  const events: string[] = [];
  client.on("data", () => events.push("answer"));
  using time = new OwnTime({ seconds: 0.05 }, () => events.push("over"));
  await new Promise((resolve) => peer.end("answer", resolve));
  starve(0.3);
  await expect.poll(() => time.isOver, { timeout: 5000, interval: 10 }).toBe(true);
  expect(events).toEqual(["answer", "over"]);
});
