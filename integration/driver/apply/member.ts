import { isDeepStrictEqual } from "node:util";
import { answers } from "../provider/answer.ts";
import { DriverError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { memberName, type MemberRequest } from "../evaluation/member.ts";
import type { MemberState } from "../show/progress.ts";
import type { Asking } from "../provider/processes.ts";
import type { StateEntry } from "../state/document.ts";
import { createStateLog, readStateLog } from "../state/log.ts";
import { isStateFile, stateFileName, type StateStore } from "../state/store.ts";

export interface Applied {
  readonly state: MemberState;
  readonly outputs: JsonObject;
}

/**
 * Applies one member as NixOps4 does (perform_apply_resource in rust/nixops4/src/work.rs). A stateless resource gets a
 * create on every apply. A resource with state gets a create if the state has no entry, no request if its inputs equal
 * the entry's, and an update otherwise.
 */
export async function applyMember(
  request: MemberRequest,
  store: StateStore | undefined,
  surroundings: Asking,
): Promise<Applied> {
  if (isStateFile(request)) return applyStateFile(stateFileName(request));
  const { type, inputs, path } = request;
  if (store === undefined) {
    const { outputs, outcome } = await create(request, false, surroundings);
    return { outputs, state: outcome ?? "applied" };
  }

  const past = store.entry(path);
  if (past === undefined) {
    const { outputs, outcome } = await create(request, true, surroundings);
    await store.record("create", path, { type, inputs, outputs });
    return { outputs, state: outcome ?? "created" };
  }
  refuseTypeChange(request, past);
  if (isDeepStrictEqual(past.inputs, inputs)) return { outputs: past.outputs, state: "unchanged" };

  const { outputs, outcome } = await update(request, past, surroundings);
  await store.record("update", path, { type, inputs, outputs });
  return { outputs, state: outcome ?? "updated" };
}

export function refuseTypeChange({ path, type }: MemberRequest, past: StateEntry): void {
  if (past.type === type) return;
  throw new DriverError(
    "driver.state.type",
    `Unable to apply member ${memberName(path)}: its type is ${past.type} in the state and ${type} in the deployment.`,
  );
}

async function applyStateFile(file: string): Promise<Applied> {
  if (await createStateLog(file)) return { state: "created", outputs: {} };
  await readStateLog(file);
  return { state: "unchanged", outputs: {} };
}

async function create({ type, inputs, provider }: MemberRequest, isStateful: boolean, surroundings: Asking) {
  const request = { createResourceRequest: { type, inputProperties: inputs, isStateful } };
  const { answer, outcome } = await surroundings.ask(provider, request, answers.create);
  return { outputs: answer.outputProperties, outcome };
}

async function update({ type, inputs, provider }: MemberRequest, past: StateEntry, surroundings: Asking) {
  const resource = { type, inputProperties: past.inputs, outputProperties: past.outputs };
  const request = { updateResourceRequest: { resource, inputProperties: inputs } };
  const { answer, outcome } = await surroundings.ask(provider, request, answers.update);
  return { outputs: answer.outputProperties, outcome };
}
