import { setTimeout as pause } from "node:timers/promises";
import { codeOf, tryLock, type Slot } from "@nixops4-resources/protocol-core";
import { DriverError, reasonOf } from "./errors.ts";
import { forgetHolder, nameHolder, readHolder } from "./lock-holder.ts";

/** Longest time, in tries of 50 ms, in which a new holder writes its name, or one that ends releases the lock. */
const longestTries = 20;

/**
 * Locks `what` (the real path of a deployment or a state log) against all other processes of this user on this machine.
 * The kernel releases the lock when this process ends in any way. Throws DriverError if another process holds the lock.
 */
export async function holdLock(what: string): Promise<Disposable> {
  try {
    for (let tries = 1; ; tries++) {
      const lock = await tryLock(`run:${what}`);
      if (lock !== undefined) return named(what, lock);
      const holder = readHolder(what);
      // A name that a killed process left behind is replaced in a moment. But the holder may also be in another container.
      if (holder !== undefined && (isAlive(holder.pid) || tries === longestTries)) throw locked(what, holder.words);
      if (tries === longestTries) throw locked(what, "another process");
      await pause(50);
    }
  } catch (error) {
    if (error instanceof DriverError) throw error;
    throw new DriverError("driver.lock", `Unable to lock ${what}: ${reasonOf(error)}.`, { cause: error });
  }
}

const locked = (what: string, holder: string): DriverError =>
  new DriverError("driver.locked", `Unable to lock ${what}: ${holder} holds the lock.`);

function named(what: string, lock: Slot): Disposable {
  using stack = new DisposableStack();
  stack.use(lock);
  nameHolder(what);
  // While the lock is still held: afterwards, the name may be another process'.
  stack.defer(() => forgetHolder(what));
  return stack.move();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
