import type { ExactJson } from "@nixops4-resources/protocol-core";
import { ask, startProvider, type Message } from "@nixops4-resources/protocol-core/testing";
import { main } from "./states.ts";

/** Complete inputs of a state resource. */
export type StateInputs = Message & { name: string };

/** The process that writes the state in one run of nixops4. It reads once, then gets events until stdin ends. */
export class Run {
  readonly process: ReturnType<typeof startProvider>;
  readonly #resource: Message;

  constructor(inputProperties: StateInputs, outputProperties: Message | null = { openedBy: [] }) {
    this.process = startProvider({ main });
    this.#resource = { type: "state_postgres", inputProperties, ...(outputProperties && { outputProperties }) };
  }

  /** Starts the run of an apply and reads the state. Throws the text of an error response. */
  static async open(inputs: StateInputs): Promise<Run> {
    const run = new Run(inputs);
    await run.read();
    return run;
  }

  async read(): Promise<Message> {
    this.process.send({ stateResourceReadRequest: { resource: this.#resource } });
    const body = bodyOf(await this.process.answer());
    return asMessage(body["state"]);
  }

  /** Sends an event without waiting for its answer. */
  send(patch: readonly ExactJson[], event = "create"): void {
    const body = { resource: this.#resource, event, nixopsVersion: "0.1.0", patch };
    this.process.send({ stateResourceEvent: body });
  }

  async append(patch: readonly ExactJson[], event = "create"): Promise<void> {
    this.send(patch, event);
    await this.answer();
  }

  async answer(): Promise<void> {
    bodyOf(await this.process.answer());
  }

  async end(): Promise<void> {
    await this.process.finish();
  }
}

/** Creates or updates the state resource, like the first process of an apply. */
export async function applyState(inputProperties: StateInputs): Promise<Message> {
  const request = { createResourceRequest: { type: "state_postgres", inputProperties, isStateful: false } };
  return await onlyAnswer(request);
}

export const destroyState = (inputProperties: StateInputs): Promise<Message> =>
  onlyAnswer({ destroyResourceRequest: { resource: { type: "state_postgres", inputProperties } } });

/** The document as `nixops4 state dump` reads it. */
export async function readOnly(inputs: StateInputs): Promise<Message> {
  const run = new Run(inputs, null);
  try {
    return await run.read();
  } finally {
    await run.end();
  }
}

async function onlyAnswer(request: Message): Promise<Message> {
  const { answers, stderr } = await ask({ main }, request);
  const [answer] = answers;
  if (answer === undefined) throw new Error(stderr);
  return bodyOf(answer);
}

function bodyOf(answer: Message): Message {
  const [[kind, body] = []] = Object.entries(answer);
  const message = asMessage(body);
  if (kind === "errorResponse") throw new Error(String(message["message"]));
  return message;
}

function asMessage(value: unknown): Message {
  if (typeof value !== "object" || value === null) throw new Error(`No object: ${JSON.stringify(value)}`);
  return { ...value };
}

/** A patch that adds a resource. */
export const add = (name: string, value: ExactJson = { type: "x", input_properties: {}, output_properties: {} }) => [
  { op: "add", path: `/resources/${name}`, value },
];

/** The names of the resources in a document. */
export const namesIn = (document: Message): string[] => Object.keys(asMessage(document["resources"]));
