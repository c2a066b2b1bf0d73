import { ProviderError } from "../report/error.ts";
import { isObject, messages } from "./wire.ts";

/** What a request is called by its sender: the answer repeats it. */
export type Tag = string | number;

/**
 * Messages by which one process serves many requests at a time: an extension, which NixOps4 never sends (ADR 19). A tagged
 * request is answered as soon as it is done, whatever the others do; `stderr` has what it would have written to stderr.
 */
export const taggedMessages = { request: "taggedRequest", response: "taggedResponse", stderr: "taggedStderr" } as const;

/** A request that may run beside others. */
export interface TaggedRequest {
  readonly id: Tag;
  /** The request as a line of its own. */
  readonly line: string;
}

/** Parses the line of a tagged request. Throws a ProviderError that describes the fault; then nobody can be answered. */
export function parseTagged(line: string): TaggedRequest {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch (cause) {
    throw malformed("the line is not JSON", cause);
  }
  const { taggedRequest: body, ...others } = isObject(message) ? message : {};
  const { id, request, ...unknown } = isObject(body) ? body : {};
  if (Object.keys({ ...others, ...unknown }).length > 0)
    throw malformed("a tagged request has only `id` and `request`");
  if (typeof id !== "string" && !Number.isSafeInteger(id)) throw malformed("`id` must be a string or an integer");
  if (!isObject(request)) throw malformed("`request` must be an object with one key");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked above
  return { id: id as Tag, line: JSON.stringify(request) };
}

/** Why a request must be sent as a plain line; undefined if it may be tagged. */
export function notTaggable(line: string): ProviderError | undefined {
  if (!line.startsWith(`{"${messages.stateEvent.request}"`)) return undefined;
  return new ProviderError("the events of a state have an order, which tagged requests do not keep", {
    code: "protocol.request.malformed",
    hint: `Send \`${messages.stateEvent.request}\` as a line of its own, without \`${taggedMessages.request}\``,
  });
}

const malformed = (reason: string, cause?: unknown): ProviderError =>
  new ProviderError(reason, {
    code: "protocol.request.malformed",
    hint: `Send \`{"${taggedMessages.request}": {"id": 1, "request": {...}}}\` as one line of JSON`,
    cause,
  });
