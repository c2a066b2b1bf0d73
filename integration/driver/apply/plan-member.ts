import { isDeepStrictEqual } from "node:util";
import { answers, type Plan } from "../provider/answer.ts";
import { refuseTypeChange } from "./member.ts";
import type { JsonObject } from "../json.ts";
import type { MemberRequest } from "../evaluation/member.ts";
import type { Asking } from "../provider/processes.ts";
import type { StateEntry } from "../state/document.ts";
import { existsStateLog, readStateLog } from "../state/log.ts";
import { isStateFile, stateFileName, type StateStore } from "../state/store.ts";

/** `gone` and `differs`: NixOps4 would skip the member, since its inputs equal those in the state. */
export type PlannedAction = Plan["action"] | "gone" | "differs";

export interface Planned extends Omit<Plan, "action"> {
  readonly action: PlannedAction;
  /** Outputs that an apply would not change; undefined if they are unknown. */
  readonly outputs: JsonObject | undefined;
}

const nothing = { action: "none", differences: [], reason: null } as const satisfies Plan;

/** Asks the provider what `applyMember` would do. With `look`, it also reads a member that NixOps4 would skip. */
export async function planMember(
  request: MemberRequest,
  store: StateStore | undefined,
  surroundings: Asking,
  look: boolean,
): Promise<Planned> {
  if (isStateFile(request)) return planStateFile(stateFileName(request));
  const { type, inputs, provider } = request;
  const past = store?.entry(request.path);
  if (past !== undefined) {
    refuseTypeChange(request, past);
    if (isDeepStrictEqual(past.inputs, inputs)) {
      if (look) return await lookAt(request, past, surroundings);
      return { ...nothing, reason: "NixOps4 skips it: its inputs equal those in the state", outputs: past.outputs };
    }
  }
  const resource = past && { type, inputProperties: past.inputs, outputProperties: past.outputs };
  const { answer: plan } = await surroundings.ask(
    provider,
    { planResourceRequest: { type, inputProperties: inputs, resource: resource ?? null } },
    answers.plan,
  );
  if (plan.action === "create" || plan.action === "refuse") return { ...plan, outputs: undefined };

  const { answer: now } = await surroundings.ask(
    provider,
    {
      readResourceRequest: {
        resource: { type, inputProperties: inputs, ...(past && { outputProperties: past.outputs }) },
      },
    },
    answers.read,
  );
  if (plan.action !== "update") return { ...plan, outputs: now.outputProperties ?? undefined };
  const { answer } = await surroundings.ask(provider, { describeProviderRequest: {} }, answers.describe);
  const stable = answer.resourceTypes[type]?.stableOutputs ?? [];
  const lasting = Object.entries(now.outputProperties ?? {}).filter(([name]) => stable.includes(name));
  return { ...plan, outputs: Object.fromEntries(lasting) };
}

/** Compares a member with its entry in the state. */
export async function lookAt(
  { type, inputs, provider }: MemberRequest,
  past: StateEntry,
  surroundings: Asking,
): Promise<Planned> {
  const resource = { type, inputProperties: past.inputs, outputProperties: past.outputs };
  const { answer: now } = await surroundings.ask(provider, { readResourceRequest: { resource } }, answers.read);
  const { outputs } = past;
  const skipped = "NixOps4 skips it; `refresh` forgets it, then an apply creates or repairs it";
  if (!now.exists) return { action: "gone", differences: [], reason: skipped, outputs };
  const { managedBy = null } = inputs;
  const owner =
    now.managedBy === null || now.managedBy === managedBy
      ? []
      : [{ field: "managedBy", current: now.managedBy, wanted: managedBy }];
  const differences = [...owner, ...now.differences, ...changedOutputs(outputs, now.outputProperties ?? {})];
  if (differences.length === 0) return { ...nothing, outputs };
  return { action: "differs", differences, reason: skipped, outputs };
}

/** Outputs that the state records otherwise: such as the reference to a secret that was rotated on the command line. */
function changedOutputs(recorded: JsonObject, current: JsonObject): Plan["differences"] {
  return Object.entries(current).flatMap(([name, value]) => {
    const before = Object.hasOwn(recorded, name) ? recorded[name] : undefined;
    if (isDeepStrictEqual(before, value)) return [];
    return [{ field: `outputs.${name}`, current: value, wanted: before ?? null }];
  });
}

async function planStateFile(file: string): Promise<Planned> {
  if (!(await existsStateLog(file))) return { ...nothing, action: "create", outputs: {} };
  await readStateLog(file);
  return { ...nothing, outputs: {} };
}
