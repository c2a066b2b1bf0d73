import { describeFailure } from "../errors.ts";
import { memberKey, type MemberKey, type MemberPath, type MemberRequest } from "../evaluation/member.ts";
import type { StateEntry } from "../state/document.ts";
import type { Looks } from "./looks.ts";
import type { Requests } from "./needs.ts";
import type { Providers } from "./providers.ts";

/** An entry in a state, and the member that keeps this state. */
export interface Recorded {
  readonly path: MemberPath;
  readonly entry: StateEntry;
  readonly keeper: MemberRequest;
}

export interface Records {
  /** All entries of all states that the deployment declares. */
  readonly recorded: readonly Recorded[];
  /** The states that cannot be read, with the message of the failure. */
  readonly failures: ReadonlyMap<MemberKey, string>;
}

/** Reads every state of the deployment, also one that no declared member uses any more. */
export async function readRecords(requests: Requests, providers: Providers, looks: Looks): Promise<Records> {
  const used = new Set([...requests.values()].flatMap(({ state }) => (state === null ? [] : [memberKey(state)])));
  const failures = new Map<MemberKey, string>();
  for (const key of used) if (!requests.has(key)) failures.set(key, "it cannot be evaluated");
  const keepers = [...requests].filter(([key, request]) => used.has(key) || providers.storesState(request));

  const read = keepers.map(async ([key, keeper]): Promise<Recorded[]> => {
    try {
      const store = await looks.store(keeper, requests);
      return (store?.entryPaths() ?? []).flatMap((path) => {
        const entry = store?.entry(path);
        return entry === undefined ? [] : [{ path, entry, keeper }];
      });
    } catch (error) {
      failures.set(key, describeFailure(error));
      return [];
    }
  });
  const recorded = (await Promise.all(read)).flat();
  // The order of the events is that of chance. Sorted, every run starts the members in the same order.
  return {
    recorded: recorded.toSorted((one, other) => (memberKey(one.path) < memberKey(other.path) ? -1 : 1)),
    failures,
  };
}
