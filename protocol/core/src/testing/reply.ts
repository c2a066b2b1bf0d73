import { expect } from "vitest";
import type { Finished, Message } from "./provider-process.ts";
import { v0Faults } from "./v0-schema.ts";

/** An error as a person reads it: `[code] Unable to ...: reason.` and `Hint: ...` on the next line. */
export interface ToldError {
  code: string;
  message: string;
  hint: string;
}

/** The one answer of a process that got one request. */
export interface Reply {
  /** What stands under the answer's one key; undefined where it is an error. */
  body: Message | undefined;
  error: ToldError | undefined;
  outcome: string | undefined;
}

/** Reads what a provider's process left, and checks what holds for every one. */
export function replyOf(finished: Finished, request: Message): Reply {
  const { answers, exitCode, outcomes, stderr } = finished;
  const [answer] = answers;
  if (answers.length !== 1 || answer === undefined || exitCode !== 0) {
    throw new Error(`${answers.length} answers and status ${exitCode} after ${JSON.stringify(request)}: ${stderr}`);
  }
  expect(v0Faults(answer), "what NixOps4's schema says").toEqual([]);
  expect(outcomes.length, "outcome lines").toBeLessThanOrEqual(1);
  const [kind] = Object.keys(answer);
  const [outcome] = outcomes;
  const body = kind === undefined ? undefined : answer[kind];
  if (kind === "errorResponse") return { body: undefined, error: toldError(body), outcome };
  expect(kind).toBe(expectedResponse(request));
  return { body: asObject(body), error: undefined, outcome };
}

function toldError(body: unknown): ToldError {
  const message = String(asObject(body)["message"]);
  const [, code, hint] = /^\[([a-zA-Z0-9_.]+)\] Unable to .+\.\nHint: (.+)$/s.exec(message) ?? [];
  if (code === undefined || hint === undefined) {
    throw new Error(`An error has a code, a sentence and a hint, unlike: ${message}`);
  }
  return { code, message, hint };
}

/** `createResourceRequest` is answered by `createResourceResponse`, and so on. */
function expectedResponse(request: Message): string {
  return (Object.keys(request)[0] ?? "").replace(/Request$/, "Response");
}

export function asObject(value: unknown): Message {
  if (typeof value !== "object" || value === null) throw new Error(`No object: ${JSON.stringify(value)}`);
  return { ...value };
}
