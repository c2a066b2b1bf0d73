import { answers, type DestroyPlan } from "../provider/answer.ts";
import { describeFailure, ProviderFailure } from "../errors.ts";
import { describeProvider } from "../provider/describe.ts";
import type { Asking } from "../provider/processes.ts";
import type { Ask } from "./looks.ts";
import { existsStateLog } from "../state/log.ts";
import { isStateFile, stateFileName } from "../state/store.ts";
import type { Doomed, Lost, Unable } from "./survey.ts";

/** A member with what a destroy would do to it. */
export type Previewed = (Doomed & { readonly plan: DestroyPlan }) | Unable | Lost;

/** Asks the providers what a destroy would do. A failed look makes a member `unable`. */
export function preview(members: readonly (Doomed | Unable | Lost)[], ask: Ask): Promise<Previewed[]> {
  return Promise.all(
    members.map(async (member): Promise<Previewed> => {
      if (member.kind !== "doomed") return member;
      try {
        return { ...member, plan: await planDestroy(member, ask) };
      } catch (error) {
        const { path, needs } = member;
        return { kind: "unable", path, needs, message: describeFailure(error) };
      }
    }),
  );
}

/** The resource as destroy requests name it: with outputs only if a state has them, as NixOps4's proposal does. */
export function extant({ type, inputs, recorded }: Pick<Doomed, "type" | "inputs" | "recorded">) {
  return { type, inputProperties: inputs, ...(recorded && { outputProperties: recorded.entry.outputs }) };
}

/** Asks the provider what a destroy would do. */
export async function planDestroy(member: Doomed, ask: Ask): Promise<DestroyPlan> {
  if (isStateFile(member)) {
    return { action: (await existsStateLog(stateFileName(member))) ? "delete" : "none", reason: null };
  }
  return ask(member.path, (surroundings) => askProvider(member, surroundings));
}

async function askProvider(member: Doomed, surroundings: Asking): Promise<DestroyPlan> {
  try {
    const request = { planDestroyResourceRequest: { resource: extant(member) } };
    return (await surroundings.ask(member.provider, request, answers.planDestroy)).answer;
  } catch (error) {
    const isOld = error instanceof ProviderFailure && error.message.startsWith("[protocol.request.unknown]");
    const types = isOld ? {} : await describeProvider(member.provider, surroundings);
    if (Object.hasOwn(types, member.type)) throw error;
    return { action: "delete", reason: "its provider cannot tell beforehand" };
  }
}
