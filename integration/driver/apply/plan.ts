import { DeclaredObjects } from "./declared-objects.ts";
import { diagnose } from "../evaluation/diagnose.ts";
import { describeFailure } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { memberKey, memberName, type MemberKey, type MemberPath, type MemberRequest } from "../evaluation/member.ts";
import { planMember, type Planned, type PlannedAction } from "./plan-member.ts";
import type { Asking } from "../provider/processes.ts";
import type { RunOptions } from "./apply.ts";
import { schedule } from "./schedule.ts";
import { StateStores } from "../state/stores.ts";
import type { StateEntry } from "../state/document.ts";
import type { StateStore } from "../state/store.ts";

/** What an apply would do to one member. `unknown` depends on an output that only the apply produces. */
export interface MemberPlan {
  readonly name: string;
  readonly action: PlannedAction | "unknown";
  readonly differences: Planned["differences"];
  readonly reason: string | null;
  /** If the member is `gone` or `differs`: its entry, and the state that contains it. */
  readonly stale?: Stale | undefined;
}

export interface Stale {
  readonly path: MemberPath;
  readonly entry: StateEntry | undefined;
  readonly keeper: MemberRequest;
  readonly keeperOutputs: JsonObject | undefined;
}

/**
 * Asks every provider what an apply would do. Failures go to `progress`, as in an apply. With `look`, it also reads members
 * that NixOps4 would skip.
 */
export async function plan(options: RunOptions & { readonly look: boolean }): Promise<MemberPlan[]> {
  const { progress } = options;
  const plans: MemberPlan[] = [];
  const done = new Map<MemberKey, { request: MemberRequest; planned: Planned | undefined }>();
  const objects = new DeclaredObjects(options.processes);
  await using stores = new StateStores();

  function surroundings(name: string): Asking {
    return options.processes.for((message) => progress.message(name, message));
  }

  /** A state that does not exist yet is empty. */
  async function storeOf({ state }: MemberRequest): Promise<StateStore | undefined> {
    const keeper = state === null ? undefined : done.get(memberKey(state));
    if (keeper === undefined || keeper.planned?.action === "create") return undefined;
    return stores.read(keeper.request, surroundings(memberName(keeper.request.path)));
  }

  function staleOf({ path, state }: MemberRequest, { action }: Planned, store: StateStore | undefined) {
    const keeper = state === null ? undefined : done.get(memberKey(state));
    if (keeper === undefined || (action !== "gone" && action !== "differs")) return undefined;
    return { path, entry: store?.entry(path), keeper: keeper.request, keeperOutputs: keeper.planned?.outputs };
  }

  async function perform(request: MemberRequest): Promise<JsonObject | undefined> {
    const name = memberName(request.path);
    let planned: Planned | undefined;
    progress.start(name);
    try {
      objects.requireOnlyOne(request);
      const store = await storeOf(request);
      planned = await planMember(request, store, surroundings(name), options.look);
      const { action, differences, reason } = planned;
      plans.push({ name, action, differences, reason, stale: staleOf(request, planned, store) });
      progress.finish(name, "planned");
    } catch (error) {
      progress.fail(name, describeFailure(error));
    }
    done.set(memberKey(request.path), { request, planned });
    return planned?.outputs;
  }

  const result = await schedule({
    ...options,
    onReady: (ready) => objects.add(ready),
    onMember: (name) => progress.expect(name),
    perform,
  });
  // In a plan, an unknown output is no failure of its provider.
  for (const found of diagnose({ ...result, known: new Map() })) {
    if (found.kind === "wrong") {
      progress.fail(found.name, found.error.message);
      continue;
    }
    plans.push({ name: found.name, action: "unknown", differences: [], reason: found.because });
    progress.finish(found.name, "planned");
  }
  return plans.sort((one, other) => (one.name < other.name ? -1 : 1));
}

const words = {
  create: { verb: "create", count: "to create" },
  update: { verb: "update", count: "to update" },
  adopt: { verb: "adopt", count: "to adopt" },
  none: { verb: "no change", count: "unchanged" },
  gone: { verb: "gone", count: "gone" },
  differs: { verb: "differs", count: "different from the state" },
  unknown: { verb: "unknown", count: "unknown until then" },
  refuse: { verb: "refuse", count: "refused" },
} as const satisfies Record<MemberPlan["action"], { verb: string; count: string }>;

/** The plan as text: a line for each member, followed by its differences. */
export function renderPlan(plans: readonly MemberPlan[]): string {
  const width = Math.max(...Object.values(words).map(({ verb }) => verb.length));
  return plans
    .flatMap(({ name, action, differences, reason }) => [
      `${words[action].verb.padEnd(width)}  ${name}${reason === null ? "" : ` (${reason})`}`,
      ...differences.map(
        ({ field, current, wanted }) =>
          `${" ".repeat(width + 4)}${field}: ${JSON.stringify(current)} -> ${JSON.stringify(wanted)}`,
      ),
    ])
    .map((line) => `${line}\n`)
    .join("");
}

/** The plan as JSON: one object for each member. Failed members are on stderr, as in a plan as text. */
export function planAsJson(plans: readonly MemberPlan[]): string {
  const shown = plans.map(({ name, action, reason, differences }) => ({ name, action, reason, differences }));
  return `${JSON.stringify(shown, null, 2)}\n`;
}

/** `2 to create, 1 unchanged`. */
export function countPlans(plans: readonly MemberPlan[]): string {
  return Object.entries(words)
    .map(([action, { count }]) => [plans.filter((one) => one.action === action).length, count] as const)
    .filter(([number]) => number > 0)
    .map(([number, count]) => `${number} ${count}`)
    .join(", ");
}
