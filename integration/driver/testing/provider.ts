// A provider for the driver's tests, which logs every request.
//   node provider.ts REQUEST_LOG
//   note   returns its `text` once the file `until` exists; fails if it has a `failure`; writes the file `object`. A destroy
//          removes that file, once the file `gate` exists; it fails if the file `user` exists, and keeps the object if
//          `retain` is true
//   key    has outputs that are no text, and describes them
//   store  stores a state in memory; rejects a request that arrives before the previous answer
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { applyPatch, type Operation } from "rfc6902";
import { lines } from "../provider/lines.ts";

interface Resource {
  type: string;
  inputProperties: {
    text?: string;
    until?: string;
    failure?: string;
    object?: string;
    gate?: string;
    user?: string;
    retain?: boolean;
  };
}
interface Requests {
  createResourceRequest?: Resource & { isStateful: boolean };
  updateResourceRequest?: Pick<Resource, "inputProperties"> & { resource: Resource };
  readResourceRequest?: { resource: Resource };
  destroyResourceRequest?: { resource: Resource };
  planDestroyResourceRequest?: { resource: Resource };
  describeProviderRequest?: object;
  stateResourceReadRequest?: object;
  stateResourceEvent?: { patch: Operation[] };
}

const [requestLog = "/dev/null"] = process.argv.slice(2);
const state = { _type: "nixopsState", resources: {}, deployments: {} };
let busy = false;
const running: Promise<void>[] = [];

for await (const line of lines(process.stdin)) {
  // Like our providers: Ctrl-C waits for the current request. Set before the request becomes visible in the log.
  process.on("SIGINT", () => {});
  appendFileSync(requestLog, `${JSON.stringify({ pid: process.pid, request: JSON.parse(line) })}\n`);
  running.push(busy ? reply({ errorResponse: { message: "two requests at once" } }) : handle(JSON.parse(line)));
}
await Promise.all(running);
appendFileSync(requestLog, `${JSON.stringify({ pid: process.pid, ended: true })}\n`);

async function handle(request: Requests): Promise<void> {
  busy = true;
  const answer = await answerTo(request);
  busy = false;
  await reply(answer);
}

async function answerTo(request: Requests): Promise<object> {
  const { createResourceRequest: create, updateResourceRequest: update, stateResourceEvent: event } = request;
  if (create !== undefined) return note(create, "createResourceResponse", "created");
  if (update !== undefined) return note(update, "updateResourceResponse", "updated");
  if (request.readResourceRequest !== undefined) return readNote(request.readResourceRequest.resource);
  if (request.destroyResourceRequest !== undefined) return destroyNote(request.destroyResourceRequest.resource);
  if (request.planDestroyResourceRequest !== undefined) return planNote(request.planDestroyResourceRequest.resource);
  if (request.describeProviderRequest !== undefined) return description();
  if (request.stateResourceReadRequest !== undefined) return { stateResourceReadResponse: { state } };
  if (event === undefined) return { errorResponse: { message: "unknown request" } };
  await sleep(20);
  const failed = applyPatch(state, event.patch).find((result) => result !== null);
  return failed ? { errorResponse: { message: failed.message } } : { stateResourceEventResponse: {} };
}

async function note({ inputProperties }: Pick<Resource, "inputProperties">, key: string, outcome: string) {
  const { text = "", until, failure, object } = inputProperties;
  const mayEnd = () => until === undefined || existsSync(until);
  while (!mayEnd()) await sleep(10);
  process.stderr.write(`${JSON.stringify({ outcome: failure === undefined ? outcome : "failed" })}\n`);
  if (failure !== undefined) return { errorResponse: { message: failure } };
  if (object !== undefined) writeFileSync(object, text);
  return { [key]: { outputProperties: { text } } };
}

/** The object is the file; its content is the output and must be the input. */
function readNote({ inputProperties: { text = "", object = "/dev/null" } }: Resource): object {
  const exists = existsSync(object);
  const current = exists ? readFileSync(object, "utf8") : null;
  const differences = current === null || current === text ? [] : [{ field: "text", current, wanted: text }];
  const outputProperties = current === null ? null : { text: current };
  return { readResourceResponse: { exists, managedBy: null, outputProperties, differences } };
}

async function destroyNote({ inputProperties }: Resource): Promise<object> {
  const { object = "/dev/null/none", gate, user, retain = false } = inputProperties;
  const mayEnd = () => gate === undefined || existsSync(gate);
  while (!mayEnd()) await sleep(10);
  if (user !== undefined && existsSync(user)) return { errorResponse: { message: `${user} still uses it` } };
  const found = retain ? "retained" : "deleted";
  process.stderr.write(`${JSON.stringify({ outcome: existsSync(object) ? found : "unchanged" })}\n`);
  if (!retain) rmSync(object, { force: true });
  return { destroyResourceResponse: {} };
}

function planNote({ inputProperties: { object = "/dev/null/none", retain = false } }: Resource): object {
  const action = retain ? "retain" : "delete";
  const plan = { action: existsSync(object) ? action : "none", reason: retain ? "`retain` is true" : null };
  return { planDestroyResourceResponse: plan };
}

async function description(): Promise<object> {
  const { secretRef } = await import("@nixops4-resources/protocol-core");
  await import("@nixops4-resources/protocol-core/generate");
  const z = await import("zod/mini");
  const key = {
    ref: z.nullable(secretRef),
    version: z.int(),
    labels: z.record(z.string(), z.string()),
    hosts: z.array(z.string()),
    nets: z.record(z.string(), z.array(z.string())),
    on: z.boolean(),
  };
  const types = { note: { text: z.string() }, key };
  const resourceTypes = Object.entries(types).map(([type, outputs]) => [
    type,
    { stableOutputs: [], outputs: z.toJSONSchema(z.strictObject(outputs), { unrepresentable: "any" }) },
  ]);
  return { describeProviderResponse: { resourceTypes: Object.fromEntries(resourceTypes) } };
}

function reply(answer: object): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${JSON.stringify(answer)}\n`, () => resolve()));
}
