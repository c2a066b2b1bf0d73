import { converge } from "./converge.ts";
import { Deadline } from "./deadline.ts";
import { ProviderError } from "./error.ts";
import { explain } from "./explain.ts";
import type { OpenStores } from "./open-stores.ts";
import type { Provider } from "./provider.ts";
import type { AnyResource } from "./resource.ts";
import { FailedStep, inWords, type Subject } from "./step.ts";
import { writeStderr } from "./stderr.ts";
import { prepare, type Task } from "./task.ts";
import { messages, parseRequest, type ExtantResource, type Properties, type Request } from "./wire.ts";

export type Answer = Record<string, object>;

/** What became of a request, for the outcome line on stderr; `undefined` for requests that only look. */
interface Done {
  body: object;
  outcome?: string;
  subject?: Subject;
}

/** The one answer to one line of input. Never throws: what goes wrong is an errorResponse. */
export async function answer(provider: Provider, line: string, stores: OpenStores): Promise<Answer> {
  using deadline = new Deadline();
  let doing = "read the request";
  let about: Subject | undefined;
  try {
    const request = parseRequest(line);
    const { response } = messages[request.kind];
    doing = `answer ${messages[request.kind].request}`;
    const { body, outcome, subject } = await deadline.race(
      handle(provider, request, stores, (task) => {
        about = task.subject;
        deadline.extend(task.want.timeoutSeconds);
      }),
    );
    if (outcome !== undefined && subject !== undefined) sayOutcome(outcome, subject, deadline.seconds);
    return { [response]: body };
  } catch (error) {
    const failedSubject = error instanceof FailedStep ? error.subject : about;
    if (about !== undefined && !(error instanceof FailedStep)) doing = `converge ${inWords(about)}`;
    const message = explain(error, doing);
    if (failedSubject !== undefined) sayOutcome("failed", failedSubject, deadline.seconds);
    return { errorResponse: { message } };
  }
}

function sayOutcome(outcome: string, subject: Subject, seconds: number): void {
  const { type, label = null } = subject;
  writeStderr(`${outcome} ${inWords(subject)} (${seconds.toFixed(2)} s)`, {
    outcome,
    type,
    label,
    seconds: Math.round(seconds * 1000) / 1000,
  });
}

async function handle(
  provider: Provider,
  { kind, body }: Request,
  stores: OpenStores,
  begin: (task: Task) => void,
): Promise<Done> {
  const taskOf = async (type: string, inputs: Properties, reading: "strict" | "remembered"): Promise<Task> => {
    const task = await prepare(await load(provider, type), inputs, reading);
    begin(task);
    return task;
  };
  const remembered = ({ type, inputProperties }: ExtantResource): Promise<Task> =>
    taskOf(type, inputProperties, "remembered");

  switch (kind) {
    case "create": {
      const resource = await load(provider, body.type);
      if (resource.requireState && !body.isStateful) throw needsState(body.type);
      return await settle(await taskOf(body.type, body.inputProperties, "strict"), undefined);
    }
    case "update":
      return await settle(
        await taskOf(body.resource.type, body.inputProperties, "strict"),
        body.resource.inputProperties,
      );
    case "destroy": {
      const { destroy } = await import("./destroy.ts");
      const task = await remembered(body.resource);
      return { body: {}, outcome: await destroy(task), subject: task.subject };
    }
    case "stateRead": {
      const store = await stores.of(await load(provider, body.resource.type), body.resource);
      return { body: { state: await store.read() } };
    }
    case "stateEvent": {
      const { event, nixopsVersion, patch } = body;
      const store = await stores.of(await load(provider, body.resource.type), body.resource);
      await store.append({ event, nixopsVersion, patch });
      return { body: {} };
    }
    case "read": {
      const { answerRead } = await import("./answer-look.ts");
      return { body: await answerRead(await remembered(body.resource)) };
    }
    case "plan": {
      const { answerPlan } = await import("./answer-look.ts");
      const task = await taskOf(body.type, body.inputProperties, "strict");
      return { body: await answerPlan(task, body.resource?.inputProperties) };
    }
    case "list": {
      const { answerList } = await import("./answer-look.ts");
      return { body: await answerList(await load(provider, body.type), body.inputProperties, begin) };
    }
    case "describe": {
      const { describeProvider } = await import("./describe.ts");
      return { body: await describeProvider(provider) };
    }
  }
}

async function settle(task: Task, previous: Properties | undefined): Promise<Done> {
  const { outcome, outputs } = await converge(task, previous);
  return { body: { outputProperties: outputs }, outcome, subject: task.subject };
}

/** The definition of a type, from the chunk that is loaded for it alone. */
export async function load(provider: Provider, type: string): Promise<AnyResource> {
  const loader = Object.hasOwn(provider.types, type) ? provider.types[type] : undefined;
  if (loader !== undefined) return (await loader()).default;
  const { nearest } = await import("./words.ts");
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
