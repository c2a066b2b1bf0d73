import { Conflict, type Key, type Stored } from "./backend.ts";
import type { DnsWriter } from "./client.ts";
import { failure } from "./failure.ts";
import { textOf } from "./name.ts";
import { isThere, markOf } from "./note.ts";

const tries = 5;

/**
 * Writes what differs from what is there, on what was seen last; looks again where somebody else was faster, and goes on if all
 * is still ours or nobody's.
 */
export async function untilSettled(
  client: DnsWriter,
  zone: string,
  keys: readonly Key[],
  managedBy: string,
  changes: () => readonly Stored[],
): Promise<void> {
  for (let done = 1; ; done++) {
    const different = changes().filter((change) => !isSame(client.seen(change), change));
    if (different.length === 0) return;
    try {
      await client.write(zone, different);
      return;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      const foreign = (await client.look(zone, keys)).find(
        (stored) => isThere(stored) && markOf(stored)?.managedBy !== managedBy,
      );
      if (foreign === undefined && done < tries) continue;
      throw failure(
        foreign === undefined
          ? "somebody else keeps changing it"
          : `somebody else took ${textOf(foreign.name)} ${foreign.type} meanwhile`,
        "dns.conflict",
        "Apply again: it looks first",
        error,
      );
    }
  }
}

const isSame = (one: Stored, other: Stored): boolean =>
  one.note === other.note && one.ttlSeconds === other.ttlSeconds && one.values.join("\n") === other.values.join("\n");
