export { encodeMark, isSameMark, readMark, takenOver, withMark, type Mark } from "./resource/mark.ts";
export { isEqualJson } from "./converge/difference.ts";
export { parseStrictly } from "./converge/inputs.ts";
export { option, withExample } from "./resource/option.ts";
export { codeOf, messageOf, ProviderError, type ErrorCatalogue, type ProviderErrorOptions } from "./report/error.ts";
export {
  AlreadyExists,
  MarkChanged,
  requireMark,
  defineResource,
  somethingElse,
  type AnyResource,
  type Change,
  type ClientRequest,
  type Connecting,
  type Listed,
  type Previous,
  type Resource,
  type Seen,
  type Shape,
  type Values,
  type Want,
} from "./resource/resource.ts";
export type { Provider } from "./serve/provider.ts";
export { directSecretRef, runtimePath, resolveSecret, secretRef } from "./secrets/ref.ts";
export type { AgeRef, DirectSecretRef, SecretRef, SopsRef, StoreRef } from "./secrets/ref-types.ts";
export { largestSecretBytes, toSecret, unreadable } from "./secrets/read-secret.ts";
export type { SecretSources } from "./secrets/sources.ts";
export { tagged, type Tagged, type Tags } from "./resource/tagged.ts";
export { currentPools, outsideRequests } from "./request/context.ts";
export { Secret, scrub } from "./secrets/secret.ts";
export { serve } from "./serve/serve.ts";
export { log } from "./report/log.ts";
export { retry, type RetryOptions } from "./patience/retry.ts";
export {
  attempt,
  takeLock,
  takeSlot,
  tryLock,
  untilDeadline,
  type AttemptLimits,
  type Attempts,
  type Slot,
  type UntilDeadlineOptions,
} from "./patience/on-demand.ts";
export { AttemptTimedOut } from "./patience/attempt-timed-out.ts";
export { currentSignal, waitFor, type Waiting } from "./patience/waiting.ts";
export {
  isExactObject,
  isRawNumber,
  parseExact,
  type ExactJson,
  type ExactObject,
  type RawNumber,
} from "./wire/exact-json.ts";
export type { StateEvent, StateOpening, StateStore } from "./resource/state-store.ts";
export type { ProviderDescription, TypeDescription } from "./serve/describe.ts";
