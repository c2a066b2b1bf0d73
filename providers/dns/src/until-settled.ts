import { Conflict, type Key, type Stored } from "./backend.ts";
import type { DnsWriter } from "./client.ts";
import { failure } from "./failure.ts";
import { textOf } from "./name.ts";

const tries = 5;

/** What brings a zone to where it is to be. */
export interface Settling {
  readonly zone: string;
  /** What is to be there, on what was seen last. */
  readonly changes: () => readonly Stored[];
  /** What the changes follow from, whether or not it changes itself. */
  readonly basis?: readonly Key[];
  /** Looks again, and gives what somebody else took meanwhile, if there is such. */
  readonly lookAgain: () => Promise<Key | undefined>;
}

/** Writes what differs from what is there; looks again where somebody else was faster, and goes on unless it is theirs now. */
export async function untilSettled(client: DnsWriter, { zone, changes, basis, lookAgain }: Settling): Promise<void> {
  for (let done = 1; ; done++) {
    const different = changes().filter((change) => !isSame(client.seen(change), change));
    if (different.length === 0) return;
    try {
      await client.write(zone, different, basis);
      return;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      const taken = await lookAgain();
      if (taken === undefined && done < tries) continue;
      throw failure(
        taken === undefined
          ? "somebody else keeps changing it"
          : `somebody else took ${textOf(taken.name)} ${taken.type} meanwhile`,
        "dns.conflict",
        "Apply again: it looks first",
        error,
      );
    }
  }
}

const isSame = (one: Stored, other: Stored): boolean =>
  one.note === other.note && one.ttlSeconds === other.ttlSeconds && one.values.join("\n") === other.values.join("\n");
