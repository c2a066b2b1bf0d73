export { encodeMark, readMark, withMark, type Mark } from "./mark.ts";
export { isSame } from "./difference.ts";
export { parseStrictly } from "./inputs.ts";
export { option, withExample } from "./option.ts";
export { ProviderError, type ErrorCatalogue, type ProviderErrorOptions } from "./error.ts";
export {
  AlreadyExists,
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
} from "./resource.ts";
export type { Provider } from "./provider.ts";
export {
  directSecretRef,
  runtimePath,
  resolveSecret,
  secretRef,
  type AgeRef,
  type DirectSecretRef,
  type SecretRef,
  type SopsRef,
  type StoreRef,
} from "./secret-ref.ts";
export { largestSecretBytes, toSecret, unreadable } from "./read-secret.ts";
export type { SecretSources } from "./secret-sources.ts";
export { tagged, type Tagged, type Tags } from "./tagged.ts";
export { Secret, scrub } from "./secret.ts";
export { serve } from "./serve.ts";
export { log } from "./log.ts";
export { retry, type RetryOptions } from "./retry.ts";
export { takeSlot, type Slot } from "./slots.ts";
export { currentSignal, waitFor } from "./waiting.ts";
export {
  isExactObject,
  isRawNumber,
  parseExact,
  type ExactJson,
  type ExactObject,
  type RawNumber,
} from "./exact-json.ts";
export type { StateEvent, StateOpening, StateStore } from "./state-store.ts";
export type { ProviderDescription, TypeDescription } from "./describe.ts";
