import { expect } from "vitest";
import type { Finished, Message, Shown } from "./provider-process.ts";
import { v0Faults } from "./v0-schema.ts";

/** An error as a person reads it: `[code] Unable to ...: reason.` and `Hint: ...` on the next line. */
export interface ReplyError {
  code: string;
  message: string;
  hint: string;
}

/** The one answer to one request. */
export interface Reply {
  /** The value of the answer's one key; undefined for an error. */
  body: Message | undefined;
  error: ReplyError | undefined;
  outcome: string | undefined;
}

/** Reads what a process has shown of one request, and checks what holds for every answer. */
export function replyOf(shown: Shown | Finished, request: Message): Reply {
  const { answers, outcomes, stderr } = shown;
  const [answer] = answers;
  if (answers.length !== 1 || answer === undefined || ("exitCode" in shown && shown.exitCode !== 0)) {
    const status = "exitCode" in shown ? ` and status ${shown.exitCode}` : "";
    throw new Error(`${answers.length} answers${status} after ${JSON.stringify(request)}: ${stderr}`);
  }
  expect(v0Faults(answer), "violations of NixOps4's schema").toEqual([]);
  expect(outcomes.length, "outcome lines").toBeLessThanOrEqual(1);
  const [kind] = Object.keys(answer);
  const [outcome] = outcomes;
  const body = kind === undefined ? undefined : answer[kind];
  if (kind === "errorResponse") return { body: undefined, error: replyError(body), outcome };
  expect(kind).toBe(expectedResponse(request));
  return { body: asObject(body), error: undefined, outcome };
}

function replyError(body: unknown): ReplyError {
  const message = String(asObject(body)["message"]);
  const [, code, hint] = /^\[([a-zA-Z0-9_.]+)\] Unable to .+\.\nHint: (.+)$/s.exec(message) ?? [];
  if (code === undefined || hint === undefined) {
    throw new Error(`An error needs a code, a sentence and a hint: ${message}`);
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

/** The value without port numbers: a request through a proxy gives its address where the undisturbed one gives the server's. */
export const withoutPorts = (value: unknown): unknown =>
  JSON.parse((JSON.stringify(value) ?? "null").replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1"));
