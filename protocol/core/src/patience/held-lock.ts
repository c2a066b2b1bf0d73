import { log } from "../report/log.ts";

/** The log's words, at level debug, when a request begins to wait for a lock. */
export const lockIsHeld = "another request holds the lock";

/** Logs that this request begins to wait for a lock, wherever the lock is. */
export const reportHeldLock = (lock: string): void => log.debug(lockIsHeld, { lock });
