import { ask, type Message } from "./provider-process.ts";
import { asObject } from "./reply.ts";

/** The answer to one request. */
export interface Told {
  /** `created`, `updated` and so on; undefined where the request only looked. */
  readonly outcome: string | undefined;
  /** What stands under the answer's one key. */
  readonly body: Message;
  /** The outputs; empty where there are none. */
  readonly outputs: Message;
  /** The whole text for people; undefined where all went well. */
  readonly error: string | undefined;
  /** All that the process wrote, wherever to. */
  readonly said: string;
}

/** What a deployment named `shop` sends to a provider, each request to a process of its own. */
export class Deployment {
  readonly #main: string;
  readonly #connection: Message;
  readonly #environment: Readonly<Record<string, string>>;

  /** `main` is the provider's executable. */
  constructor(main: string, connection: Message, environment: Readonly<Record<string, string>> = {}) {
    this.#main = main;
    this.#connection = connection;
    this.#environment = environment;
  }

  create(type: string, inputs: Message): Promise<Told> {
    return this.#send({ createResourceRequest: { type, inputProperties: this.#whole(inputs), isStateful: false } });
  }

  update(type: string, previous: Message, inputs: Message): Promise<Told> {
    const resource = this.#extant(type, previous);
    return this.#send({ updateResourceRequest: { resource, inputProperties: this.#whole(inputs) } });
  }

  destroy(type: string, inputs: Message): Promise<Told> {
    return this.#send({ destroyResourceRequest: { resource: this.#extant(type, inputs) } });
  }

  plan(type: string, inputs: Message): Promise<Told> {
    return this.#send({ planResourceRequest: { type, inputProperties: this.#whole(inputs) } });
  }

  #whole(inputs: Message): Message {
    return { connection: this.#connection, managedBy: "shop", ...inputs };
  }

  #extant(type: string, inputs: Message): Message {
    return { type, inputProperties: this.#whole(inputs) };
  }

  async #send(request: Message): Promise<Told> {
    const { answers, outcomes, stdout, stderr, commandLine } = await ask(
      { main: this.#main, environment: this.#environment },
      request,
    );
    const [answer] = answers;
    if (answer === undefined) throw new Error(`No answer to ${JSON.stringify(request)}: ${stderr}`);
    const body = asObject(Object.values(answer)[0]);
    return {
      outcome: outcomes[0],
      body,
      outputs: asObject(body["outputProperties"] ?? {}),
      error: "errorResponse" in answer ? String(body["message"]) : undefined,
      said: [stdout, stderr, commandLine].join("\n"),
    };
  }
}
