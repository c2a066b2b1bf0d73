import { Conflict } from "./backend.ts";
import type { DnsWriter } from "./client.ts";
import { failure } from "./failure.ts";
import { displayName } from "./name.ts";
import { hasSameContent, type Key, type Stored } from "./stored.ts";

const maxTries = 5;

export interface Settling {
  readonly zone: string;
  /** The wanted record sets, computed from what the client saw last. */
  readonly changes: () => readonly Stored[];
  /** Keys that the changes depend on. They must be as last seen even if they do not change themselves. */
  readonly basis?: readonly Key[];
  /** Reads again, and returns a key that another owner has taken, or undefined. */
  readonly lookAgain: () => Promise<Key | undefined>;
}

/** Writes the differences. After a conflict, reads again and retries, unless another owner has taken a key. */
export async function untilSettled(client: DnsWriter, { zone, changes, basis, lookAgain }: Settling): Promise<void> {
  for (let tries = 1; ; tries++) {
    const different = changes().filter((change) => !isEqual(client.seen(change), change));
    if (different.length === 0) return;
    try {
      await client.write(zone, different, basis);
      return;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      const taken = await lookAgain();
      if (taken === undefined && tries < maxTries) continue;
      throw failure(
        taken === undefined
          ? "another client keeps changing the records"
          : `another owner has taken ${displayName(taken.name)} ${taken.type} in the meantime`,
        "dns.conflict",
        "Apply again",
        error,
      );
    }
  }
}

const isEqual = (one: Stored, other: Stored): boolean =>
  one.ttlSeconds === other.ttlSeconds && hasSameContent(one, other);
