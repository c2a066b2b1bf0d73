import { converge } from "../converge/converge.ts";
import { explanationOf, type Explanation } from "./explain.ts";
import { load, type Context, type Done, type Handlers } from "./handler.ts";
import type { OpenStores } from "./open-stores.ts";
import type { Provider } from "./provider.ts";
import { FailedStep, inWords, type Subject } from "../converge/step.ts";
import { flushLog } from "../report/log.ts";
import { printableLine } from "../report/printable.ts";
import { writeStderr } from "../report/stderr.ts";
import { ActiveRequest, type Surroundings } from "../request/active-request.ts";
import { prepare, type Task } from "../converge/task.ts";
import { messages, parseRequest, type Kind, type Properties, type Requests } from "../wire/wire.ts";

export type Answer = Record<string, object>;

/**
 * Answers one line of input. Never throws: every failure becomes an errorResponse. Several lines may be answered
 * concurrently; they share only `stores`.
 */
export async function answer(
  provider: Provider,
  line: string,
  stores: OpenStores,
  surroundings?: Surroundings,
  onFailure = reportFailure,
): Promise<Answer> {
  using request = new ActiveRequest(provider.secretSources, surroundings);
  const message = await request.run(() => answerRequest(request, { provider, line, stores }, onFailure));
  // Records of other requests, too, may repeat its secrets: these are forgotten after the records are written.
  await flushLog();
  return message;
}

async function answerRequest(
  request: ActiveRequest,
  given: Omit<Context, "begin">,
  onFailure: typeof reportFailure,
): Promise<Answer> {
  const { deadline, progress } = request;
  let doing = "read the request";
  let subject: Subject | undefined;
  const context: Context = {
    ...given,
    begin(task) {
      subject = task.subject;
      progress.subject = inWords(subject);
      doing = `answer for ${progress.subject}`;
      deadline.extend(task.want.timeoutSeconds);
      return task;
    },
  };
  try {
    const { kind, body } = parseRequest(given.line);
    doing = `answer ${messages[kind].request}`;
    // The work may go on after the request has ended.
    const done = await deadline.race(dispatch(kind, body, context).finally(() => request.secrets.wipe()));
    if (done.outcome !== undefined && subject !== undefined) reportOutcome(done.outcome, subject, request);
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

function reportOutcome(outcome: string, subject: Subject, { deadline, notes }: ActiveRequest): void {
  const { type, label = null } = subject;
  const seconds = roundToMilliseconds(deadline.seconds);
  const note = printableLine(notes.join("; "));
  const line = `${outcome} ${inWords(subject)} (${seconds.toFixed(2)} s)`;
  const record = { outcome, type, label, seconds };
  if (note === "") writeStderr(line, record);
  else writeStderr(`${line}: ${note}`, { ...record, note });
}

async function dispatch<K extends Kind>(kind: K, body: Requests[K], context: Context): Promise<Done> {
  const handlers: Handlers =
    kind === "create" || kind === "update" ? appliers : (await import("./inspectors.ts")).default;
  const handler = handlers[kind];
  if (handler === undefined) throw new TypeError(`Requests of kind ${kind} have no handler.`);
  return await handler(body, context);
}

/** The requests that an apply sends. The others are loaded on demand. */
const appliers = {
  async create({ type, inputProperties, isStateful }, context) {
    const resource = await load(context.provider, type);
    if (resource.requireState && !isStateful) throw (await import("./rejected-type.ts")).needsState(type);
    return await settle(context.begin(await prepare(resource, inputProperties, "strict")), undefined);
  },

  async update({ resource: { type, inputProperties: previous }, inputProperties }, context) {
    const resource = await load(context.provider, type);
    return await settle(context.begin(await prepare(resource, inputProperties, "strict")), previous);
  },
} satisfies Handlers;

async function settle(task: Task, previous: Properties | undefined): Promise<Done> {
  const { outcome, outputs } = await converge(task, previous);
  return { body: { outputProperties: outputs }, outcome };
}
