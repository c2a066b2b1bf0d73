import pLimit from "p-limit";
import type { RunOptions } from "../apply/apply.ts";
import { describeFailure, type DriverError } from "../errors.ts";
import { isWithin, memberKey, memberName, type MemberKey } from "../evaluation/member.ts";
import type { JsonObject } from "../json.ts";
import type { Asking } from "../provider/processes.ts";
import { StateStores } from "../state/stores.ts";
import { destroyMember } from "./destroy-member.ts";
import { Looks, type Ask } from "./looks.ts";
import { resolveNeeds } from "./needs.ts";
import { destroyInOrder } from "./order.ts";
import { planDestroy, preview, type Previewed } from "./preview.ts";
import { Providers } from "./providers.ts";
import { findRefusals } from "./refusals.ts";
import { survey, type Doomed } from "./survey.ts";

/** What a destroy would do, and what it needs to do it. */
export interface DestroyPreview {
  readonly members: readonly Previewed[];
  /** Why nothing may be destroyed. */
  readonly refusals: readonly DriverError[];
  readonly warnings: readonly string[];
  /** The outputs of the members that keep a state, with which it is opened. */
  readonly keeperOutputs: ReadonlyMap<MemberKey, JsonObject>;
}

/** Looks at everything below the targets. Writes nothing. Throws DriverError for an unknown target. */
export async function previewDestroy({
  evaluation,
  targets,
  jobs,
  processes,
  progress,
}: Omit<RunOptions, "stop" | "verbose">): Promise<DestroyPreview> {
  const slots = pLimit(jobs);
  const ask: Ask = (path, work) =>
    slots(async () => {
      const name = memberName(path);
      progress.start(name);
      try {
        return await work(processes.for((message) => progress.message(name, message)));
      } finally {
        progress.finish(name, "planned");
      }
    });
  await using looks = new Looks(ask);
  const resolved = await resolveNeeds({
    evaluation,
    isExplained: (path) => targets.some((target) => isWithin(path, target)),
    look: async (request, requests) => {
      const look = await looks.at(request, requests);
      return "outputs" in look ? (look.outputs ?? undefined) : undefined;
    },
  });
  const { requests } = resolved;
  const providers = await Providers.of(
    [...requests.values()],
    slots,
    processes.for(() => {}),
  );
  const found = await survey(targets, resolved, providers, looks);
  const members = await preview(found.members, ask);
  const refusals = await findRefusals({
    targets,
    members,
    resolved,
    recorded: found.recorded,
    plan: (member) => planDestroy(member, ask),
  });
  const keeperOutputs = new Map<MemberKey, JsonObject>();
  for (const { keeper } of found.recorded) {
    const look = await looks.at(keeper, requests);
    if ("outputs" in look && look.outputs !== null) keeperOutputs.set(memberKey(keeper.path), look.outputs);
  }
  return { members, refusals, warnings: found.warnings, keeperOutputs };
}

/** Destroys what the preview shows. Every failure goes to `progress`. */
export async function destroy(
  { members, keeperOutputs }: DestroyPreview,
  { jobs, processes, stop, progress, verbose }: Omit<RunOptions, "evaluation" | "targets">,
): Promise<void> {
  const surroundings = (name: string): Asking => processes.for((message) => progress.message(name, message));
  await using stores = new StateStores();
  for (const { path } of members) progress.expect(memberName(path));

  async function destroyOne(member: Doomed): Promise<string | undefined> {
    const name = memberName(member.path);
    progress.start(name);
    if (verbose) progress.line(`${name}: inputs ${JSON.stringify(member.inputs)}`);
    if (verbose && member.recorded) progress.line(`${name}: outputs ${JSON.stringify(member.recorded.entry.outputs)}`);
    try {
      // If it is a state itself: all its entries are removed, and its provider's process must not keep it open.
      await stores.close(member.path);
      const keeper = member.recorded?.keeper;
      const store =
        keeper &&
        (await stores.open(keeper, keeperOutputs.get(memberKey(keeper.path)), surroundings(memberName(keeper.path))));
      progress.finish(name, await destroyMember(member, store, surroundings(name)));
      return undefined;
    } catch (error) {
      return describeFailure(error);
    }
  }

  const unable = members.filter((member) => member.kind === "unable");
  for (const { path, message } of unable) progress.fail(memberName(path), message);
  for (const member of members) {
    if (member.kind === "lost") progress.finish(memberName(member.path), "skipped", member.because);
  }
  await destroyInOrder(
    members.filter((member) => member.kind === "doomed"),
    unable,
    {
      slots: pLimit(jobs),
      stop,
      destroy: destroyOne,
      onFailure: ({ path }, message) => progress.fail(memberName(path), message),
      onSkip: ({ path }, because) => progress.finish(memberName(path), "skipped", because),
    },
  );
  for (const name of progress.unfinished()) progress.finish(name, "skipped", "the run was interrupted");
}
