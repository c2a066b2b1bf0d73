import { expect, test } from "vitest";
import { currentSignal } from "../patience/waiting.ts";
import { ActiveRequest, failUncaught } from "../request/active-request.ts";
import type { StateStore } from "../resource/state-store.ts";
import { scrub, Secret } from "../secrets/secret.ts";
import { OpenStores } from "./open-stores.ts";

class Store implements StateStore {
  isClosed = false;
  read = async () => ({});
  append = async () => undefined;
  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
  }
}

/** Does the work as a request of its own does. */
async function asRequest<T>(work: (request: ActiveRequest) => Promise<T>): Promise<T> {
  using request = new ActiveRequest(undefined);
  return await request.run(() => work(request));
}

const waitForever = ({ deadline }: ActiveRequest): Promise<never> => deadline.race(new Promise(() => undefined));

test("opens one store for requests that ask at the same time", async () => {
  await using stores = new OpenStores();
  let opened = 0;
  const open = async (): Promise<Store> => {
    opened++;
    await new Promise(setImmediate);
    return new Store();
  };
  const [one, other, third] = await Promise.all([stores.of("a", open), stores.of("a", open), stores.of("b", open)]);
  expect(opened).toBe(2);
  expect(one).toBe(other);
  expect(one).not.toBe(third);
});

test("opens a store again for a request that waited for the failed attempt of another", async () => {
  await using stores = new OpenStores();
  const { promise: failure, reject } = Promise.withResolvers<Store>();
  const store = new Store();
  const failed = stores.of("a", () => failure);
  const waiting = stores.of("a", async () => store);
  expect(stores.isAnyOpen).toBe(false);
  reject(new Error("out of time"));
  await expect(failed).rejects.toThrow("out of time");
  expect(await waiting).toBe(store);
  expect(stores.isAnyOpen).toBe(true);
});

test("closes every store at its end", async () => {
  const stores = new OpenStores();
  const store = new Store();
  await stores.of("a", async () => store);
  await stores[Symbol.asyncDispose]();
  expect(store.isClosed).toBe(true);
  expect(stores.isAnyOpen).toBe(false);
});

test("knows the secrets of its stores until its end, and no longer", async () => {
  const stores = new OpenStores();
  await asRequest(() => stores.use(async () => new Secret("canary-of-the-store")));
  expect(scrub("canary-of-the-store")).toBe("[secret]");
  await stores[Symbol.asyncDispose]();
  expect(scrub("canary-of-the-store")).toBe("canary-of-the-store");
});

test("keeps the deadline of the request that uses a store", async () => {
  await using stores = new OpenStores();
  await asRequest(async ({ signal }) => expect(await stores.use(async () => currentSignal())).toBe(signal));
});

test("an uncaught error of a store fails every request in hand, not only the one that opened it", async () => {
  await using stores = new OpenStores();
  const failLater = await asRequest(() => stores.use(async () => () => failUncaught(new Error("connection lost"))));
  const inHand = [asRequest(waitForever), asRequest(waitForever)];
  expect(failLater()).toBe(true);
  for (const request of inHand) await expect(request).rejects.toThrow("connection lost");
});
