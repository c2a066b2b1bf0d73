// Loaded when they are first needed: this module is in the chunk that every process loads at its start.
import type { Slot } from "./lock.ts";
import type { UntilDeadlineOptions } from "./until-deadline.ts";

export type { Slot } from "./lock.ts";
export type { AttemptLimits } from "./attempt.ts";
export type { Attempts, UntilDeadlineOptions } from "./until-deadline.ts";

/** See `takeSlot` of slots.ts: one of the places that limit the requests to a server. */
export const takeSlot = async (endpoint: string, slots: number, what?: string): Promise<Slot> =>
  (await import("./slots.ts")).takeSlot(endpoint, slots, what);

/** See `takeLock` of lock.ts: excludes all other requests of this user on this machine. */
export const takeLock = async (name: string, what?: string): Promise<Slot> =>
  (await import("./lock.ts")).takeLock(name, what);

/** See `tryLock` of lock.ts: the lock, or undefined if another request holds it. */
export const tryLock = async (name: string): Promise<Slot | undefined> => (await import("./lock.ts")).tryLock(name);

/** See `untilDeadline` of until-deadline.ts: repeats safe work until the request's deadline. */
export const untilDeadline = async <T>(
  work: (signal: AbortSignal) => Promise<T>,
  options: UntilDeadlineOptions,
): Promise<T> => (await import("./until-deadline.ts")).untilDeadline(work, options);

/** See `attempt` of attempt.ts: a time limit that does not count the time in which this process could not run. */
export const attempt = async <T>(
  limits: { readonly seconds: number; readonly atMostSeconds?: number },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => (await import("./attempt.ts")).attempt(limits, work);
