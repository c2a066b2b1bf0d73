import { unlockForSession, type WriteSession } from "@nixops4-resources/protocol-postgres";

/** Runs work that begins with `lockForSession("database", name)`, then releases that lock. */
export async function releaseLockAfter<T>(session: WriteSession, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    // A lost session has already released the lock, and `work` has reported the loss.
    await session.query(unlockForSession("database", name)).catch(() => undefined);
  }
}
