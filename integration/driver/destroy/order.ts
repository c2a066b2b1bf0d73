import type { LimitFunction } from "p-limit";
import { memberKey, memberName, type MemberKey, type MemberPath } from "../evaluation/member.ts";

/** A member with the members that it needs; undefined if they are unknown. */
export interface Ordered {
  readonly path: MemberPath;
  readonly needs: ReadonlySet<MemberKey> | undefined;
}

export interface OrderOptions<Member extends Ordered> {
  readonly slots: LimitFunction;
  /** When aborted, no other member starts. */
  readonly stop: AbortSignal;
  /** Returns the failure, or undefined after a success. Must not throw. */
  readonly destroy: (member: Member) => Promise<string | undefined>;
  /** A member failed for good. */
  readonly onFailure: (member: Member, message: string) => void;
  /** A member stays, since others that need it stay. */
  readonly onSkip: (member: Member, because: string) => void;
}

/**
 * Destroys each member after all members that need it. Members with unknown needs come first: they cannot be needed by a
 * declared member, but may need one. Those among them that fail are tried again after the others, as long as a round destroys
 * at least one. Members that stay keep what they need.
 */
export async function destroyInOrder<Member extends Ordered>(
  members: readonly Member[],
  staying: readonly Ordered[],
  options: OrderOptions<Member>,
): Promise<void> {
  const { slots, stop, destroy, onFailure, onSkip } = options;
  const unordered = members.filter(({ needs }) => needs === undefined);
  const left = [...(await destroyUnordered(unordered, options)), ...staying.filter(({ needs }) => needs === undefined)];
  const ordered = members.filter(({ needs }) => needs !== undefined);
  const ends = new Map<MemberKey, Promise<boolean>>();

  function isDestroyed(member: Member): Promise<boolean> {
    const key = memberKey(member.path);
    const end = ends.get(key) ?? endOf(member, key);
    ends.set(key, end);
    return end;
  }

  async function endOf(member: Member, key: MemberKey): Promise<boolean> {
    const needsIt = ({ needs }: Ordered) => needs?.has(key) === true;
    const users = ordered.filter(needsIt);
    const gone = await Promise.all(users.map(isDestroyed));
    const needing = [...users.filter((_, index) => gone[index] === false), ...staying.filter(needsIt)];
    return await slots(async () => {
      if (stop.aborted) return false;
      const [holders, words] = needing.length > 0 ? [needing, "needed"] : [left, "perhaps needed"];
      if (holders.length > 0) {
        const names = holders.map(({ path }) => memberName(path)).join(", ");
        onSkip(member, `${words} by ${names}, not destroyed`);
        return false;
      }
      const failure = await destroy(member);
      if (failure !== undefined) onFailure(member, failure);
      return failure === undefined;
    });
  }

  await Promise.all(ordered.map(isDestroyed));
}

/** Returns the members that are left. */
async function destroyUnordered<Member extends Ordered>(
  members: readonly Member[],
  { slots, stop, destroy, onFailure }: OrderOptions<Member>,
): Promise<readonly Member[]> {
  for (let waiting = members; ;) {
    const failures = new Map<Member, string>();
    await slots.map(waiting, async (member) => {
      const failure = stop.aborted ? undefined : await destroy(member);
      if (failure !== undefined) failures.set(member, failure);
    });
    if (failures.size > 0 && failures.size < waiting.length && !stop.aborted) {
      waiting = [...failures.keys()];
      continue;
    }
    for (const [member, failure] of failures) onFailure(member, failure);
    return [...failures.keys()];
  }
}
