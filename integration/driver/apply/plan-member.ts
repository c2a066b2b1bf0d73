import { access } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { answers, type Plan } from "../provider/answer.ts";
import { refuseTypeChange } from "./member.ts";
import type { JsonObject } from "../json.ts";
import type { MemberRequest } from "../evaluation/member.ts";
import { ProviderProcess, type ProviderSurroundings } from "../provider/process.ts";
import { readStateLog } from "../state/log.ts";
import { isStateFile, stateFileName, type StateStore } from "../state/store.ts";

export interface Planned extends Plan {
  /** Outputs that an apply would not change; undefined if they are unknown. */
  readonly outputs: JsonObject | undefined;
}

const nothing: Plan = { action: "none", differences: [], reason: null };

/** Asks the provider what `applyMember` would do. */
export async function planMember(
  request: MemberRequest,
  store: StateStore | undefined,
  surroundings: ProviderSurroundings,
): Promise<Planned> {
  if (isStateFile(request)) return planStateFile(stateFileName(request));
  const { type, inputs, provider } = request;
  const past = store?.entry(request.path);
  if (past !== undefined) {
    refuseTypeChange(request, past);
    if (isDeepStrictEqual(past.inputs, inputs)) {
      return { ...nothing, reason: "NixOps4 skips it: its inputs equal those in the state", outputs: past.outputs };
    }
  }
  await using process = await ProviderProcess.start(provider, surroundings);
  const resource = past && { type, inputProperties: past.inputs, outputProperties: past.outputs };
  const plan = await process.ask(
    { planResourceRequest: { type, inputProperties: inputs, resource: resource ?? null } },
    answers.plan,
  );
  if (plan.action === "create" || plan.action === "refuse") return { ...plan, outputs: undefined };

  const now = await process.ask(
    {
      readResourceRequest: {
        resource: { type, inputProperties: inputs, ...(past && { outputProperties: past.outputs }) },
      },
    },
    answers.read,
  );
  if (plan.action !== "update") return { ...plan, outputs: now.outputProperties ?? undefined };
  const { resourceTypes } = await process.ask({ describeProviderRequest: {} }, answers.describe);
  const stable = resourceTypes[type]?.stableOutputs ?? [];
  const lasting = Object.entries(now.outputProperties ?? {}).filter(([name]) => stable.includes(name));
  return { ...plan, outputs: Object.fromEntries(lasting) };
}

async function planStateFile(file: string): Promise<Planned> {
  if (!(await exists(file))) return { ...nothing, action: "create", outputs: {} };
  await readStateLog(file);
  return { ...nothing, outputs: {} };
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
