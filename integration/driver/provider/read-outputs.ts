import type { MemberRequest } from "../evaluation/member.ts";
import type { JsonObject } from "../json.ts";
import { answers } from "./answer.ts";
import type { Asking } from "./processes.ts";

/** The outputs of a member's object as its provider finds it; null if the object does not exist. */
export async function readOutputs(
  { type, inputs, provider }: MemberRequest,
  surroundings: Asking,
): Promise<JsonObject | null> {
  const request = { readResourceRequest: { resource: { type, inputProperties: inputs } } };
  const { exists, outputProperties } = (await surroundings.ask(provider, request, answers.read)).answer;
  return exists ? (outputProperties ?? {}) : null;
}
