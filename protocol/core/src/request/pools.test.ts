import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PoolsInUse, type Pools } from "./pools.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let closed = 0;
class Connections implements AsyncDisposable {
  async [Symbol.asyncDispose](): Promise<void> {
    closed++;
  }
}

test("requests share a pool, which is closed 2 s after the last of them, and another one is made then", async () => {
  const inUse = new PoolsInUse();
  const seen: Connections[] = [];
  const use = async (pools: Pools): Promise<unknown> => seen.push(pools.of(Connections));
  const last = Promise.withResolvers<undefined>();
  const lasting = inUse.during(async (pools) => {
    await use(pools);
    await last.promise;
  });
  await inUse.during(use);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(closed, "while a request is in progress").toBe(0);

  last.resolve(undefined);
  await lasting;
  await vi.advanceTimersByTimeAsync(1900);
  await inUse.during(use);
  await vi.advanceTimersByTimeAsync(1900);
  expect(closed).toBe(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(closed).toBe(1);
  await inUse.during(use);
  expect(new Set(seen).size).toBe(2);
  await inUse[Symbol.asyncDispose]();
  expect(closed).toBe(2);
});
