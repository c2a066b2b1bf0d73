import { expect, test } from "vitest";
import { StopSignals } from "./stop-signals.ts";

/** Calls the signal's listeners, except those in `before`: the test runner has its own. */
function raise(name: NodeJS.Signals, before: readonly unknown[]): void {
  for (const listener of process.listeners(name)) if (!before.includes(listener)) listener(name);
}

test("records a signal until the last request in progress is finished", async () => {
  const before = process.listeners("SIGINT");
  const stops = new StopSignals();
  const [one, other] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const first = stops.deferDuring(() => one.promise);
  const second = stops.deferDuring(() => other.promise);
  expect(process.listeners("SIGINT")).toHaveLength(before.length + 1);
  raise("SIGINT", before);
  one.resolve("one");
  expect(await first).toBe("one");
  expect(stops.received).toBeUndefined();
  other.resolve("other");
  expect(await second).toBe("other");
  expect(stops.received).toBe("SIGINT");
  expect(process.listeners("SIGINT")).toEqual(before);
});

test("discards an ignored signal when the next request begins", async () => {
  const before = process.listeners("SIGINT");
  const stops = new StopSignals();
  await stops.deferDuring(async () => raise("SIGINT", before));
  expect(stops.received).toBe("SIGINT");
  await stops.deferDuring(async () => undefined);
  expect(stops.received).toBeUndefined();
});

test("restores the default effect of signals after a failed request", async () => {
  const before = process.listeners("SIGTERM");
  await expect(new StopSignals().deferDuring(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(process.listeners("SIGTERM")).toEqual(before);
});
