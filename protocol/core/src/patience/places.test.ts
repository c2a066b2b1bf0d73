import { expect, test } from "vitest";
import { runWith } from "../request/context.ts";
import { Places } from "./places.ts";
import type { Waiting } from "./waiting.ts";

const wait: Waiting = (work) => work();

/** Places of a machine that count how many are taken. */
class Machine {
  taken = 0;
  most = 0;
  looks = 0;

  readonly find = async (): Promise<Disposable> => {
    this.looks++;
    this.most = Math.max(this.most, ++this.taken);
    return { [Symbol.dispose]: () => void this.taken-- };
  };
}

const take = (places: Places, machine: Machine): Promise<Disposable> => places.take("a server", 16, wait, machine.find);

test("100 requests of one process pass 8 places on, in their order, and give them all back", async () => {
  const [places, machine, order] = [new Places(), new Machine(), Array<number>()];
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      using _place = await take(places, machine);
      order.push(index);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }),
  );
  expect(machine).toMatchObject({ taken: 0, most: 8, looks: 8 });
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test("a request that ends while it waits leaves the others their turn", async () => {
  const [places, machine] = [new Places(), new Machine()];
  const held = await Promise.all(Array.from({ length: 8 }, () => take(places, machine)));
  const over = new AbortController();
  const leaving = runWith({ signal: over.signal }, () => take(places, machine));
  const staying = take(places, machine);
  over.abort(new Error("over"));
  await expect(leaving).rejects.toThrow("over");
  held[0]?.[Symbol.dispose]();
  (await staying)[Symbol.dispose]();
  for (const place of held) place[Symbol.dispose]();
  expect(machine.taken).toBe(0);
});

test("a request that gets no place of the machine lets the next one try", async () => {
  const [places, machine] = [new Places(), new Machine()];
  const failing = Promise.withResolvers<Disposable>();
  const held = await Promise.all(Array.from({ length: 7 }, () => take(places, machine)));
  const first = places.take("a server", 16, wait, () => failing.promise);
  const second = take(places, machine);
  failing.reject(new Error("no place"));
  await expect(first).rejects.toThrow("no place");
  for (const place of [...held, await second]) place[Symbol.dispose]();
  expect(machine.taken).toBe(0);
});
