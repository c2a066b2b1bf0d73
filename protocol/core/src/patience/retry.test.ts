import { expect, test } from "vitest";
import { retry } from "./retry.ts";

const failing = (times: number, message = "busy") => {
  let calls = 0;
  return {
    get calls() {
      return calls;
    },
    work: async () => {
      calls++;
      if (calls <= times) throw new Error(message);
      return "done";
    },
  };
};
const isBusy = (error: unknown): boolean => error instanceof Error && error.message === "busy";

test("retries a safe failure until the work succeeds", async () => {
  const twice = failing(2);
  expect(await retry(twice.work, { isSafe: isBusy, firstWaitMs: 1 })).toBe("done");
  expect(twice.calls).toBe(3);
});

test("throws the last error after the last try", async () => {
  const always = failing(Infinity);
  await expect(retry(always.work, { isSafe: isBusy, tries: 3, firstWaitMs: 1 })).rejects.toThrow("busy");
  expect(always.calls).toBe(3);
});

test("does not retry after any other error", async () => {
  const once = failing(1, "connection lost after the write");
  await expect(retry(once.work, { isSafe: isBusy, firstWaitMs: 1 })).rejects.toThrow("connection lost");
  expect(once.calls).toBe(1);
});
