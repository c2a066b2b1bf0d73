import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { startAttempt } from "./attempt.ts";

test("an attempt ends after its time", async () => {
  let expired = 0;
  using attempt = startAttempt(() => expired++, 500);
  await pause(250);
  expect(attempt.isOver).toBe(false);
  await expect.poll(() => attempt.isOver, { timeout: 10_000 }).toBe(true);
  expect(expired).toBe(1);
});

test("time in which the process does not run does not count", async () => {
  using attempt = startAttempt(() => undefined, 1000);
  await pause(0);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
  // The late tick itself.
  await pause(0);
  expect(attempt.isOver).toBe(false);
  expect(attempt.lostSeconds).toBeGreaterThan(1.5);
});
