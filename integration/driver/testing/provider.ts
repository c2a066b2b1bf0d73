// A provider for the driver's tests, which logs every request.
//   node provider.ts REQUEST_LOG
// It answers tagged requests side by side, unless the request log's name ends in `.one-by-one`.
//   note   returns its `text` once the file `until` exists; fails if it has a `failure`; writes the file `object`. A destroy
//          removes that file, once the file `gate` exists; it fails if the file `user` exists, and keeps the object if
//          `retain` is true
//          With `crash`, the process dies, unless that file exists; it creates the file first
//   box    is like a note; its identity is `object`, and boxes with `shared` may be declared twice
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
    crash?: string;
    object?: string;
    gate?: string;
    user?: string;
    retain?: boolean;
  };
}
interface Requests {
  taggedRequest?: { id: number; request: Requests };
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
  const message: Requests = JSON.parse(line);
  const { id, request = message } = requestLog.endsWith(".one-by-one") ? {} : (message.taggedRequest ?? {});
  appendFileSync(requestLog, `${JSON.stringify({ pid: process.pid, request })}\n`);
  if (id !== undefined) running.push(handleTagged(id, request));
  else running.push(busy ? reply({ errorResponse: { message: "two requests at once" } }) : handle(request));
}
await Promise.all(running);
appendFileSync(requestLog, `${JSON.stringify({ pid: process.pid, ended: true })}\n`);

/** Writes a line to stderr. */
type Say = (line: string) => void;

async function handleTagged(id: number, request: Requests): Promise<void> {
  const response = await answerTo(request, (text) => void reply({ taggedStderr: { id, text } }));
  await reply({ taggedResponse: { id, response } });
}

async function handle(request: Requests): Promise<void> {
  busy = true;
  const answer = await answerTo(request, (line) => process.stderr.write(`${line}\n`));
  busy = false;
  await reply(answer);
}

async function answerTo(request: Requests, say: Say): Promise<object> {
  const { createResourceRequest: create, updateResourceRequest: update, stateResourceEvent: event } = request;
  if (create !== undefined) return note(create, "createResourceResponse", "created", say);
  if (update !== undefined) return note(update, "updateResourceResponse", "updated", say);
  if (request.readResourceRequest !== undefined) return readNote(request.readResourceRequest.resource);
  if (request.destroyResourceRequest !== undefined) return destroyNote(request.destroyResourceRequest.resource, say);
  if (request.planDestroyResourceRequest !== undefined) return planNote(request.planDestroyResourceRequest.resource);
  if (request.describeProviderRequest !== undefined) return description();
  if (request.stateResourceReadRequest !== undefined) return { stateResourceReadResponse: { state } };
  if (event === undefined) return { errorResponse: { message: "unknown request" } };
  await sleep(20);
  const failed = applyPatch(state, event.patch).find((result) => result !== null);
  return failed ? { errorResponse: { message: failed.message } } : { stateResourceEventResponse: {} };
}

async function note({ inputProperties }: Pick<Resource, "inputProperties">, key: string, outcome: string, say: Say) {
  const { text = "", until, failure, crash, object } = inputProperties;
  const mayEnd = () => until === undefined || existsSync(until);
  while (!mayEnd()) await sleep(10);
  if (crash !== undefined && !existsSync(crash)) {
    writeFileSync(crash, "");
    process.stderr.write("about to crash\n");
    process.kill(process.pid, "SIGKILL");
  }
  say(JSON.stringify({ outcome: failure === undefined ? outcome : "failed" }));
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

async function destroyNote({ inputProperties }: Resource, say: Say): Promise<object> {
  const { object = "/dev/null/none", gate, user, retain = false } = inputProperties;
  const mayEnd = () => gate === undefined || existsSync(gate);
  while (!mayEnd()) await sleep(10);
  if (user !== undefined && existsSync(user)) return { errorResponse: { message: `${user} still uses it` } };
  const found = retain ? "retained" : "deleted";
  say(JSON.stringify({ outcome: existsSync(object) ? found : "unchanged" }));
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
  const types = { note: { text: z.string() }, box: { text: z.string() }, key };
  const identity = { bearsMark: true, identity: ["object"], sharedBy: { flag: "shared", part: "part" } };
  const resourceTypes = Object.entries(types).map(([type, outputs]) => [
    type,
    {
      ...(type === "box" && identity),
      stableOutputs: [],
      outputs: z.toJSONSchema(z.strictObject(outputs), { unrepresentable: "any" }),
    },
  ]);
  return { describeProviderResponse: { resourceTypes: Object.fromEntries(resourceTypes) } };
}

function reply(answer: object): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${JSON.stringify(answer)}\n`, () => resolve()));
}
