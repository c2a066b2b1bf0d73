export type { Answer } from "./answer.ts";
export { HttpReader, HttpWriter, type ConditionalHeaders, type WriteMethod } from "./client.ts";
export { endpointChecks, endpointInputs } from "./connection.ts";
export type { ErrorCode } from "./errors.ts";
export { path } from "./path.ts";
export type { Headers, Target } from "./target.ts";
