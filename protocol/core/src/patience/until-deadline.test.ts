import { expect, test } from "vitest";
import { ProviderError } from "../report/error.ts";
import { ActiveRequest } from "../request/active-request.ts";
import { AttemptTimedOut } from "./attempt-timed-out.ts";
import { attempt } from "./attempt.ts";
import { untilDeadline, type Attempts } from "./until-deadline.ts";

const isBusy = (error: unknown): boolean => error instanceof Error && error.message === "busy";
const options = { what: "a connection", isSafe: isBusy };

/** A server that never answers. */
const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** Keeps this process from running, as a machine without CPU for it does. */
function starve(seconds: number): void {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end);
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function answerOfStarved(): Promise<string> {
  await sleep(0.01);
  starve(1);
  await sleep(0.02);
  starve(1);
  await sleep(0.02);
  return "answered";
}

async function hangStarved(signal: AbortSignal): Promise<never> {
  await sleep(0.01);
  starve(0.5);
  return await hang(signal);
}

async function inRequest<T>(timeoutSeconds: number, work: () => Promise<T>): Promise<T> {
  using request = new ActiveRequest(undefined, { stderr: () => undefined });
  request.deadline.extend(timeoutSeconds);
  return await request.deadline.race(request.run(work));
}

test("repeats a safe failure and an attempt that hangs, until one succeeds", async () => {
  let tries = 0;
  const work = async (signal: AbortSignal) => {
    tries++;
    if (tries === 1) throw new Error("busy");
    return tries === 2 ? await hang(signal) : "connected";
  };
  expect(await inRequest(30, () => untilDeadline(work, { ...options, attemptSeconds: 0.1 }))).toBe("connected");
  expect(tries).toBe(3);
});

test("throws an unsafe failure at once, with the facts for its hint", async () => {
  let facts: Attempts | undefined;
  const explain = (_error: unknown, attempts: Attempts) => {
    facts = attempts;
    return new ProviderError("the password is wrong", { code: "x.password" });
  };
  const work = () => untilDeadline(() => Promise.reject(new Error("28P01")), { ...options, explain });
  await expect(inRequest(30, work)).rejects.toThrow("the password is wrong");
  expect(facts).toMatchObject({ tries: 1, isTimeOver: false });
});

test("ends before the deadline with the client's own error", async () => {
  let facts: Attempts | undefined;
  const explain = (error: unknown, attempts: Attempts) => {
    facts = attempts;
    return new ProviderError(`the server did not answer: ${String(error)}`, { code: "x.silent" });
  };
  const work = () => untilDeadline(hang, { ...options, explain, attemptSeconds: 0.3 });
  await expect(inRequest(2, work)).rejects.toThrow("the server did not answer");
  expect(facts).toMatchObject({ isTimeOver: true });
  expect(facts?.tries).toBeGreaterThan(1);
});

test("does not count the time in which the process gets no CPU", async () => {
  expect(await attempt({ seconds: 0.6 }, answerOfStarved)).toBe("answered");
});

test("starvation never extends the limit on the clock", async () => {
  const started = Date.now();
  const failed = await attempt({ seconds: 10, atMostSeconds: 0.4 }, hangStarved).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(AttemptTimedOut);
  expect(failed).toMatchObject({ starvedSeconds: expect.closeTo(0.4, 0) });
  expect(Date.now() - started).toBeLessThan(3000);
});

test("ends with the request, and tells the work to stop", async () => {
  let stopped = false;
  const work = (signal: AbortSignal) => {
    signal.addEventListener("abort", () => (stopped = true));
    return new Promise<never>(() => undefined);
  };
  using request = new ActiveRequest(undefined, { stderr: () => undefined });
  const waiting = request.run(() => untilDeadline(work, options));
  request.deadline.fail(new Error("socket broke"));
  await expect(waiting).rejects.toThrow("aborted");
  expect(stopped).toBe(true);
});
