import { DeclaredObjects } from "./declared-objects.ts";
import { applyMember } from "./member.ts";
import { diagnose } from "../evaluation/diagnose.ts";
import { describeFailure } from "../errors.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { JsonObject } from "../json.ts";
import { memberKey, memberName, type MemberKey, type MemberPath, type MemberRequest } from "../evaluation/member.ts";
import type { Progress } from "../show/progress.ts";
import type { Asking, ProviderProcesses } from "../provider/processes.ts";
import { schedule } from "./schedule.ts";
import { StateStores } from "../state/stores.ts";
import type { StateStore } from "../state/store.ts";

export interface RunOptions {
  readonly evaluation: Evaluation;
  /** Maximum number of concurrent requests. Those of states do not count. */
  readonly jobs: number;
  /** Members to apply, together with their dependencies; empty for the whole deployment. */
  readonly targets: readonly MemberPath[];
  /** The running providers. */
  readonly processes: ProviderProcesses;
  /** When aborted, running members finish and no other member starts. */
  readonly stop: AbortSignal;
  readonly progress: Progress;
  /** Whether to show inputs and outputs. They contain no secrets, but more than a log should. */
  readonly verbose: boolean;
}

/**
 * Applies a deployment as `nixops4 apply` does. Every failure goes to `progress`; throws only if the deployment as a
 * whole cannot be evaluated.
 */
export async function apply(options: RunOptions): Promise<void> {
  const { progress } = options;
  const done = new Map<MemberKey, { request: MemberRequest; outputs: JsonObject | undefined }>();
  const objects = new DeclaredObjects(options.processes);
  await using stores = new StateStores();

  function surroundings(name: string): Asking {
    return options.processes.for((message) => progress.message(name, message));
  }

  async function storeOf({ state }: MemberRequest): Promise<StateStore | undefined> {
    const keeper = state === null ? undefined : done.get(memberKey(state));
    if (keeper === undefined) return undefined;
    return stores.open(keeper.request, keeper.outputs, surroundings(memberName(keeper.request.path)));
  }

  async function perform(request: MemberRequest): Promise<JsonObject | undefined> {
    const name = memberName(request.path);
    if (request.state !== null && done.get(memberKey(request.state))?.outputs === undefined) {
      progress.finish(name, "skipped", `its state ${memberName(request.state)} failed`);
      return undefined;
    }
    progress.start(name);
    if (options.verbose) progress.line(`${name}: inputs ${JSON.stringify(request.inputs)}`);
    try {
      objects.requireOnlyOne(request);
      const { state, outputs } = await applyMember(request, await storeOf(request), surroundings(name));
      if (options.verbose) progress.line(`${name}: outputs ${JSON.stringify(outputs)}`);
      progress.finish(name, state);
      return outputs;
    } catch (error) {
      progress.fail(name, describeFailure(error));
      return undefined;
    }
  }

  const result = await schedule({
    ...options,
    onReady: (ready) => objects.add(ready),
    onMember: (name) => progress.expect(name),
    async perform(request) {
      const outputs = await perform(request);
      done.set(memberKey(request.path), { request, outputs });
      return outputs;
    },
  });
  for (const found of diagnose(result)) {
    if (found.kind === "wrong") progress.fail(found.name, found.error.message);
    else progress.finish(found.name, "skipped", found.because);
  }
  for (const name of progress.unfinished()) progress.finish(name, "skipped", "the run was interrupted");
}
