import { converge } from "../converge/converge.ts";
import { explanationOf, type Explanation } from "./explain.ts";
import type { OpenStores } from "./open-stores.ts";
import { outputsOf } from "../converge/outputs.ts";
import type { Provider } from "./provider.ts";
import type { AnyResource } from "../resource/resource.ts";
import { FailedStep, inWords, type Subject } from "../converge/step.ts";
import { flushLog } from "../report/log.ts";
import { writeStderr } from "../report/stderr.ts";
import type { RequestContext } from "../request/context.ts";
import { ActiveRequest } from "../request/active-request.ts";
import { prepare, prepareList, type Task } from "../converge/task.ts";
import {
  messages,
  parseRequest,
  type ExtantResource,
  type Kind,
  type Properties,
  type Requests,
} from "../wire/wire.ts";

export type Answer = Record<string, object>;

/** The data that a handler needs to answer a line. */
interface Context {
  provider: Provider;
  line: string;
  stores: OpenStores;
  /** Called when the inputs are parsed. Applies their time limit, and makes messages name the resource. */
  begin: (task: Task) => Task;
}

/** The body of the answer. Requests that write also have an outcome. */
interface Done {
  body: object;
  outcome?: string;
}

/**
 * Answers one line of input. Never throws: every failure becomes an errorResponse. Several lines may be answered
 * concurrently; they share only `stores`.
 */
export async function answer(
  provider: Provider,
  line: string,
  stores: OpenStores,
  stderr?: RequestContext["stderr"],
  onFailure = reportFailure,
): Promise<Answer> {
  using request = new ActiveRequest(provider.secretSources, stderr);
  const message = await request.run(() => answerRequest(request, { provider, line, stores }, onFailure));
  // Records of other requests, too, may repeat its secrets: these are forgotten after the records are written.
  await flushLog();
  return message;
}

async function answerRequest(
  { deadline }: ActiveRequest,
  given: Omit<Context, "begin">,
  onFailure: typeof reportFailure,
): Promise<Answer> {
  let doing = "read the request";
  let subject: Subject | undefined;
  const context: Context = {
    ...given,
    begin(task) {
      subject = task.subject;
      doing = `answer for ${inWords(task.subject)}`;
      deadline.extend(task.want.timeoutSeconds);
      return task;
    },
  };
  try {
    const { kind, body } = parseRequest(given.line);
    doing = `answer ${messages[kind].request}`;
    const done = await deadline.race(dispatch(kind, body, context));
    if (done.outcome !== undefined && subject !== undefined) reportOutcome(done.outcome, subject, deadline.seconds);
    return { [messages[kind].response]: done.body };
  } catch (error) {
    const failed = error instanceof FailedStep ? error.subject : subject;
    const explanation = explanationOf(error, doing);
    onFailure(explanation, failed, doing, deadline.seconds);
    return { errorResponse: { message: explanation.text } };
  }
}

/** NixOps4 may show the first error only, so the line on stderr says everything by itself. */
function reportFailure(
  { code, reason, hint, line }: Explanation,
  subject: Subject | undefined,
  doing: string,
  elapsedSeconds: number,
): void {
  const { type = null, label = null } = subject ?? {};
  const seconds = roundToMilliseconds(elapsedSeconds);
  const what = subject === undefined ? `to ${doing}` : inWords(subject);
  writeStderr(`failed ${what} (${seconds.toFixed(2)} s): ${line}`, {
    outcome: "failed",
    type,
    label,
    seconds,
    code,
    message: reason,
    hint: hint ?? null,
  });
}

const roundToMilliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;

function reportOutcome(outcome: string, subject: Subject, elapsedSeconds: number): void {
  const { type, label = null } = subject;
  const seconds = roundToMilliseconds(elapsedSeconds);
  writeStderr(`${outcome} ${inWords(subject)} (${seconds.toFixed(2)} s)`, { outcome, type, label, seconds });
}

const dispatch = <K extends Kind>(kind: K, body: Requests[K], context: Context): Promise<Done> =>
  handlers[kind](body, context);

/** The handler of each kind of request. Code for requests that an apply does not send is loaded on demand. */
const handlers: { [K in Kind]: (body: Requests[K], context: Context) => Promise<Done> } = {
  async create({ type, inputProperties, isStateful }, context) {
    const resource = await load(context.provider, type);
    if (resource.requireState && !isStateful) throw (await import("./rejected-type.ts")).needsState(type);
    return await settle(context.begin(await prepare(resource, inputProperties, "strict")), undefined);
  },

  async update({ resource: { type, inputProperties: previous }, inputProperties }, context) {
    const resource = await load(context.provider, type);
    return await settle(context.begin(await prepare(resource, inputProperties, "strict")), previous);
  },

  async destroy({ resource }, context) {
    const { destroy } = await import("../converge/destroy.ts");
    return { body: {}, outcome: await destroy(await remembered(resource, context)) };
  },

  async read({ resource }, context) {
    const { inspect } = await import("../converge/inspect.ts");
    const task = await remembered(resource, context);
    const { seen, changed } = await inspect(task);
    return {
      body: {
        exists: seen !== undefined,
        managedBy: seen?.mark?.managedBy ?? null,
        outputProperties: seen === undefined ? null : outputsOf(task, seen),
        differences: changed,
      },
    };
  },

  async plan({ type, inputProperties, resource: previous }, context) {
    const { plan } = await import("../converge/inspect.ts");
    const resource = await load(context.provider, type);
    const task = context.begin(await prepare(resource, inputProperties, "strict"));
    return { body: await plan(task, previous?.inputProperties) };
  },

  async list({ type, inputProperties }, context) {
    const { list } = await import("../converge/inspect.ts");
    const task = context.begin(await prepareList(await load(context.provider, type), inputProperties));
    const resources = (await list(task)).map(({ label, inputs, mark: { managedBy, adopted = false } }) => ({
      type,
      label,
      inputProperties: inputs,
      managedBy,
      adopted,
    }));
    return { body: { resources } };
  },

  async describe(_body, { provider }) {
    const { describeProvider } = await import("./describe.ts");
    return { body: await describeProvider(provider) };
  },

  async stateRead({ resource }, context) {
    const { readState } = await import("./state-requests.ts");
    return { body: { state: await readState(await remembered(resource, context), resource, context.stores) } };
  },

  async stateEvent({ resource, ...event }, context) {
    const { appendStateEvent, exactPatch } = await import("./state-requests.ts");
    const task = await remembered(resource, context);
    await appendStateEvent(task, resource, { ...event, patch: exactPatch(context.line) }, context.stores);
    return { body: {} };
  },
};

async function remembered({ type, inputProperties }: ExtantResource, { provider, begin }: Context): Promise<Task> {
  return begin(await prepare(await load(provider, type), inputProperties, "remembered"));
}

async function settle(task: Task, previous: Properties | undefined): Promise<Done> {
  const { outcome, outputs } = await converge(task, previous);
  return { body: { outputProperties: outputs }, outcome };
}

/** Loads the definition of a type from its own chunk. */
async function load(provider: Provider, type: string): Promise<AnyResource> {
  const loader = Object.hasOwn(provider.types, type) ? provider.types[type] : undefined;
  if (loader !== undefined) return (await loader()).default;
  throw (await import("./rejected-type.ts")).unknownType(provider, type);
}
