import { MarkChanged } from "@nixops4-resources/protocol-core";
import { Conflict } from "./backend.ts";
import type { DnsWriter } from "./client.ts";
import { failure } from "./failure.ts";
import { hasSameContent, type Key, type Stored } from "./stored.ts";

const maxTries = 5;
/** Each concurrent writer of a shared set succeeds once, and causes one conflict for each of the others. */
const maxTriesOfShared = 100;

export interface Settling {
  readonly zone: string;
  /** The wanted record sets, computed from what the client saw last. */
  readonly changes: () => readonly Stored[];
  /** Keys that the changes depend on. They must be as last seen even if they do not change themselves. */
  readonly basis?: readonly Key[];
  /** Reads again. Throws `MarkChanged` if the object does not carry the expected mark any more. */
  readonly lookAgain: () => Promise<void>;
  /** Whether others own records of the same sets, and write them as well. */
  readonly isShared?: boolean;
}

/** Writes the differences. After a conflict, reads again and retries, unless the mark changed. */
export async function untilSettled(client: DnsWriter, settling: Settling): Promise<void> {
  const { zone, changes, basis, lookAgain, isShared = false } = settling;
  for (let tries = 1; ; tries++) {
    const different = changes().filter((change) => !isEqual(client.seen(change), change));
    if (different.length === 0) return;
    try {
      await client.write(zone, different, basis);
      return;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      if (tries === (isShared ? maxTriesOfShared : maxTries))
        throw failure("another client keeps changing the records", "dns.conflict", "Apply again", error);
      await lookAgain();
    }
  }
}

/** A write that is not repeated. A conflict means that the object changed since the look, so the caller looks again. */
export async function writeOnce(client: DnsWriter, zone: string, changes: readonly Stored[]): Promise<void> {
  try {
    await client.write(zone, changes);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw new MarkChanged(error.message, { cause: error });
  }
}

const isEqual = (one: Stored, other: Stored): boolean =>
  one.ttlSeconds === other.ttlSeconds && hasSameContent(one, other);
