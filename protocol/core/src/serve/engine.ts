// What another engine than NixOps4 needs to serve the resource types of a provider.
export { answer, type Answer } from "./answer.ts";
export { explain } from "./explain.ts";
export { OpenStores } from "./open-stores.ts";
export { validate } from "../converge/validate.ts";
export { isObject, messages, type Kind, type Properties, type Requests } from "../wire/wire.ts";
export { PoolsInUse } from "../request/pools.ts";
export { writeStderrNow } from "../request/context.ts";
