import { inputSchema, listSchema, parseInputs, parseRemembered, rememberedInputs, type AnyWant } from "./inputs.ts";
import { MarkChanged, type AnyResource, type ClientRequest, type Connecting, type Seen } from "../resource/resource.ts";
import { FailedStep, step, type Subject } from "./step.ts";
import { currentSignal } from "../patience/waiting.ts";
import type { Properties } from "../wire/wire.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- a definition's verbs get back only values that its own `read` returned
export type AnySeen = Seen<any, any>;
export type Client = Awaited<ReturnType<AnyResource["connectReader"]>>;

/** A resource type with the inputs of one request. */
export interface Task {
  readonly resource: AnyResource;
  readonly want: AnyWant;
  readonly subject: Subject;
  /** The previous inputs that the request contains, converted to the current schema. */
  readonly previous?: Properties;
  /** True if the request destroys the object. */
  readonly destroys?: true;
}

/** Parses the inputs of a request. `remembered` inputs may follow an older schema, so unknown and invalid ones are ignored. */
export async function prepare(resource: AnyResource, raw: Properties, reading: "strict" | "remembered"): Promise<Task> {
  const { type } = resource;
  const want: AnyWant = await step("read inputs of", { type, label: labelOf(resource, raw) }, () =>
    reading === "strict" ? parseInputs(resource, inputSchema(resource), raw) : parseRemembered(resource, raw),
  );
  return { resource, want, subject: { type, label: resource.label(want) } };
}

/** The task with the previous inputs that the request contains. */
export const remembering = (task: Task, previous: Properties | undefined): Task =>
  previous === undefined ? task : { ...task, previous: rememberedInputs(task.resource, previous) };

/** Creates the task of a request that lists all objects of a type. Its inputs identify no object. */
export async function prepareList(resource: AnyResource, raw: Properties): Promise<Task> {
  const subject = { type: resource.type, label: undefined };
  const want: AnyWant = await step("read inputs of", subject, () => parseInputs(resource, listSchema(resource), raw));
  return { resource, want, subject };
}

/** Returns the label of inputs that may be invalid, so that their error can name the resource. */
function labelOf(resource: AnyResource, raw: Properties): string | undefined {
  try {
    const label = resource.label(raw);
    return label.includes("undefined") ? undefined : label;
  } catch {
    return undefined;
  }
}

/** Opens a client for the duration of a request. A `read` client has no methods that write. */
export async function open(task: Task, access: "read" | "write"): Promise<Client> {
  const { resource, want, subject, destroys = false } = task;
  const request: ClientRequest = { ...requestOf({ want }), needsSecrets: !destroys };
  return await step("read", subject, () =>
    access === "write"
      ? resource.connectWriter(want.connection, request)
      : resource.connectReader(want.connection, request),
  );
}

/** The part of the current request that clients and stores need. */
export const requestOf = ({ want }: Pick<Task, "want">): Connecting => ({
  signal: currentSignal(),
  timeoutSeconds: want.timeoutSeconds,
});

export const look = (client: Client, { resource, want, subject, previous = {} }: Task): Promise<AnySeen | undefined> =>
  step("read", subject, () => resource.read(client, want, previous));

/** A look may be overtaken this often before the request fails. */
const looks = 5;

/**
 * Does work that looks and then writes, and does it again if another process changed the object between the two. Each write
 * proves that the object still carries the mark that the look found.
 */
export async function untilProven<T>({ subject }: Task, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FailedStep && error.cause instanceof MarkChanged)) throw error;
      if (tries < looks) continue;
      throw (await import("./refusals.ts")).neverProven(subject, looks);
    }
  }
}
