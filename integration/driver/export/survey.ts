import { schedule } from "../apply/schedule.ts";
import { describeFailure } from "../errors.ts";
import { diagnose } from "../evaluation/diagnose.ts";
import type { KnownOutputs } from "../evaluation/evaluation.ts";
import { memberKey, memberName, type MemberKey, type MemberPath, type MemberRequest } from "../evaluation/member.ts";
import type { JsonObject } from "../json.ts";
import type { Asking, ProviderProcesses } from "../provider/processes.ts";
import { readOutputs } from "../provider/read-outputs.ts";
import { replay, type Recording } from "../recording/recording.ts";
import type { Progress } from "../show/progress.ts";
import type { Plugins } from "./plugins.ts";

export interface SurveyOptions {
  /** Without gaps of the environment. */
  readonly recording: Recording;
  readonly targets: readonly MemberPath[];
  readonly jobs: number;
  readonly plugins: Plugins;
  readonly processes: ProviderProcesses;
  readonly progress: Progress;
  readonly stop: AbortSignal;
}

export interface Survey {
  /** The members under the targets, and those that they need, by name. */
  readonly wanted: ReadonlySet<string>;
  /** The inputs of members whose objects exist. */
  readonly existing: ReadonlyMap<MemberKey, JsonObject>;
  readonly known: KnownOutputs;
}

/** Reads every member whose inputs are known. A failed look goes to `progress`: it never counts as missing. */
export async function survey(options: SurveyOptions): Promise<Survey> {
  const { progress, processes, plugins } = options;
  const wanted = new Set<string>();
  const existing = new Map<MemberKey, JsonObject>();

  async function perform(request: MemberRequest): Promise<JsonObject | undefined> {
    const name = memberName(request.path);
    progress.start(name);
    try {
      const outputs = await look(
        request,
        plugins,
        processes.for((message) => progress.message(name, message)),
      );
      progress.finish(name, "planned");
      if (outputs === null) return undefined;
      existing.set(memberKey(request.path), request.inputs);
      return outputs;
    } catch (error) {
      progress.fail(name, describeFailure(error));
      return undefined;
    }
  }

  const result = await schedule({
    ...options,
    evaluation: replay(options.recording, {}),
    onMember(name) {
      wanted.add(name);
      progress.expect(name);
    },
    perform,
  });
  for (const found of diagnose(result)) if (found.kind === "wrong") progress.fail(found.name, found.error.message);
  return { wanted, existing, known: result.known };
}

/** The outputs of an object; null if it does not exist, or if its provider cannot read it. */
async function look(request: MemberRequest, plugins: Plugins, asking: Asking): Promise<JsonObject | null> {
  const { isReadable } = await plugins.typeOf(request);
  return isReadable ? await readOutputs(request, asking) : null;
}
