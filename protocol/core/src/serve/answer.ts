import { converge } from "../converge/converge.ts";
import { Deadline } from "./deadline.ts";
import { ProviderError } from "../report/error.ts";
import { explain } from "./explain.ts";
import type { OpenStores } from "./open-stores.ts";
import { outputsOf } from "../converge/outputs.ts";
import type { Provider } from "./provider.ts";
import type { AnyResource } from "../resource/resource.ts";
import { FailedStep, inWords, type Subject } from "../converge/step.ts";
import { writeStderr } from "../report/stderr.ts";
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

/** What a request works with. */
interface Context {
  provider: Provider;
  line: string;
  stores: OpenStores;
  /** Tells whose request it is as soon as its inputs are read: its time begins to count, its messages have a name. */
  begin: (task: Task) => Task;
}

/** The body of the answer; requests that write also tell what became of the resource. */
interface Done {
  body: object;
  outcome?: string;
}

/** The one answer to one line of input. Never throws: what goes wrong is an errorResponse. */
export async function answer(provider: Provider, line: string, stores: OpenStores): Promise<Answer> {
  using deadline = new Deadline();
  let doing = "read the request";
  let subject: Subject | undefined;
  const context: Context = {
    provider,
    line,
    stores,
    begin(task) {
      subject = task.subject;
      doing = `answer for ${inWords(task.subject)}`;
      deadline.extend(task.want.timeoutSeconds);
      return task;
    },
  };
  try {
    const { kind, body } = parseRequest(line);
    doing = `answer ${messages[kind].request}`;
    const done = await deadline.race(dispatch(kind, body, context));
    if (done.outcome !== undefined && subject !== undefined) sayOutcome(done.outcome, subject, deadline.seconds);
    return { [messages[kind].response]: done.body };
  } catch (error) {
    const failed = error instanceof FailedStep ? error.subject : subject;
    const message = explain(error, doing);
    if (failed !== undefined) sayOutcome("failed", failed, deadline.seconds);
    return { errorResponse: { message } };
  }
}

function sayOutcome(outcome: string, subject: Subject, elapsedSeconds: number): void {
  const { type, label = null } = subject;
  const seconds = Math.round(elapsedSeconds * 1000) / 1000;
  writeStderr(`${outcome} ${inWords(subject)} (${seconds.toFixed(2)} s)`, { outcome, type, label, seconds });
}

const dispatch = <K extends Kind>(kind: K, body: Requests[K], context: Context): Promise<Done> =>
  handlers[kind](body, context);

/** How each kind of request is answered. What an apply does not send is loaded when it comes. */
const handlers: { [K in Kind]: (body: Requests[K], context: Context) => Promise<Done> } = {
  async create({ type, inputProperties, isStateful }, context) {
    const resource = await load(context.provider, type);
    if (resource.requireState && !isStateful) throw needsState(type);
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

/** The definition of a type, from the chunk that is loaded for it alone. */
async function load(provider: Provider, type: string): Promise<AnyResource> {
  const loader = Object.hasOwn(provider.types, type) ? provider.types[type] : undefined;
  if (loader !== undefined) return (await loader()).default;
  const { nearest } = await import("../converge/words.ts");
  const known = Object.keys(provider.types);
  const guess = nearest(type, known);
  throw new ProviderError(`nixops4-resources-${provider.name} has no resource type ${JSON.stringify(type)}`, {
    code: "protocol.type.unknown",
    hint: guess === undefined ? `Its types are ${known.join(", ")}` : `Did you mean \`${guess}\`?`,
  });
}

function needsState(type: string): ProviderError {
  return new ProviderError(`resources of type ${type} need a state`, {
    code: "protocol.state.required",
    hint: "Set `state` of the member to a state resource, such as `members.state`",
  });
}
