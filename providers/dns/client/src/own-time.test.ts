import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { ownTimeout } from "./own-time.ts";

const block = (milliseconds: number): void => {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
};

test("time in which the process could not run does not count", async () => {
  let isOver = false;
  const stop = ownTimeout(1000, () => (isOver = true));
  await pause(10);
  block(1500);
  await pause(100);
  expect(isOver).toBe(false);
  await expect.poll(() => isOver, { timeout: 5000 }).toBe(true);
  stop();
});

test("a stopped timeout never fires, even if its time is over", async () => {
  let isOver = false;
  const stop = ownTimeout(50, () => (isOver = true));
  block(100);
  stop();
  await pause(100);
  expect(isOver).toBe(false);
});
