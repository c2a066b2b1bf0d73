export type { Answer } from "./answer.ts";
export { HttpReader, HttpWriter, type ConditionalHeaders, type WriteMethod } from "./client.ts";
export { allowPlaintext, baseUrl, endpointChecks, endpointInputs, plaintextCheck } from "./connection.ts";
export type { StreamedBody } from "./body.ts";
export type { ErrorCode } from "./errors.ts";
export { canonicalHost, isLoopback } from "./loopback.ts";
export { path } from "./path.ts";
export type { Headers, LogIn, Target } from "./target.ts";
