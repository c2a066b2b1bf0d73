import { isDeepStrictEqual } from "node:util";
import { describeFailure, DriverError } from "../errors.ts";
import { memberName } from "../evaluation/member.ts";
import { StateStores } from "../state/stores.ts";
import type { RunOptions } from "./apply.ts";
import type { MemberPlan } from "./plan.ts";

/** A member that no longer matches its state. */
export type StalePlan = MemberPlan & { readonly stale: NonNullable<MemberPlan["stale"]> };

export const isStale = (plan: MemberPlan): plan is StalePlan => plan.stale !== undefined;

/**
 * Removes members from their states, not their objects: an apply then sends a create, which finds or creates the object.
 * Failures go to `progress`. Returns the number of forgotten members.
 */
export async function forget(
  plans: readonly StalePlan[],
  { processes, progress }: Pick<RunOptions, "processes" | "progress">,
): Promise<number> {
  let count = 0;
  await using stores = new StateStores();
  for (const { name, stale } of plans) {
    const { path, entry, keeper, keeperOutputs } = stale;
    const keeperName = memberName(keeper.path);
    try {
      const surroundings = processes.for((message) => progress.message(keeperName, message));
      const store = await stores.open(keeper, keeperOutputs, surroundings);
      // Another run may have applied the member since it was read.
      if (!isDeepStrictEqual(store.entry(path), entry)) {
        throw new DriverError(
          "driver.state.changed",
          `Unable to forget member ${name}: another run changed its entry in the state ${keeperName}.`,
        );
      }
      await store.record("forget", path, undefined);
      count += 1;
    } catch (error) {
      progress.fail(name, describeFailure(error));
    }
  }
  return count;
}
