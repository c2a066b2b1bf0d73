import { afterAll } from "vitest";
import type { Executable, Message } from "./provider-process.ts";
import { ProviderSession } from "./provider-session.ts";
import { asObject } from "./reply.ts";

/** The answer to one request of a deployment. */
export interface DeploymentReply {
  /** `created`, `updated` and so on; undefined if the request only looked. */
  readonly outcome: string | undefined;
  /** The value of the answer's one key. */
  readonly body: Message;
  /** The outputs; empty if the answer has none. */
  readonly outputs: Message;
  /** The whole text for people; undefined if the request succeeded. */
  readonly error: string | undefined;
  /** Everything that the process wrote for this request, and its command line. */
  readonly said: string;
}

/** One long-lived process per executable and environment, for all deployments of a test file. */
const sessions = new Map<string, ProviderSession>();
afterAll(async () => {
  for (const session of sessions.values()) await session[Symbol.asyncDispose]();
});

function sessionFor(executable: Executable): ProviderSession {
  // The provider inherits PATH and HOME, which a test may change.
  const key = JSON.stringify([executable, process.env["PATH"], process.env["HOME"]]);
  const session = sessions.get(key) ?? new ProviderSession(executable);
  sessions.set(key, session);
  return session;
}

/** What a deployment named `shop` sends to a provider. Concurrent requests get a process each. */
export class Deployment {
  readonly #executable: Executable;
  readonly #connection: Message;

  /** `main` is the provider's executable. */
  constructor(main: string, connection: Message, environment: Readonly<Record<string, string>> = {}) {
    this.#executable = { main, environment };
    this.#connection = connection;
  }

  /** One resource of the deployment; `same` are inputs that all its requests have. */
  resource(type: string, same: Message = {}): DeployedResource {
    return new DeployedResource(this, type, same);
  }

  create(type: string, inputs: Message): Promise<DeploymentReply> {
    return this.#send({ createResourceRequest: { type, inputProperties: this.#whole(inputs), isStateful: false } });
  }

  update(type: string, previous: Message, inputs: Message): Promise<DeploymentReply> {
    const resource = this.#extant(type, previous);
    return this.#send({ updateResourceRequest: { resource, inputProperties: this.#whole(inputs) } });
  }

  destroy(type: string, inputs: Message): Promise<DeploymentReply> {
    return this.#send({ destroyResourceRequest: { resource: this.#extant(type, inputs) } });
  }

  planDestroy(type: string, inputs: Message): Promise<DeploymentReply> {
    return this.#send({ planDestroyResourceRequest: { resource: this.#extant(type, inputs) } });
  }

  plan(type: string, inputs: Message, previous?: Message): Promise<DeploymentReply> {
    const resource = previous === undefined ? {} : { resource: this.#extant(type, previous) };
    return this.#send({ planResourceRequest: { type, inputProperties: this.#whole(inputs), ...resource } });
  }

  list(type: string): Promise<DeploymentReply> {
    return this.#send({ listResourcesRequest: { type, inputProperties: this.#whole({}) } });
  }

  #whole(inputs: Message): Message {
    return { connection: this.#connection, managedBy: "shop", ...inputs };
  }

  #extant(type: string, inputs: Message): Message {
    return { type, inputProperties: this.#whole(inputs) };
  }

  async #send(request: Message): Promise<DeploymentReply> {
    const { answers, outcomes, stderr, commandLine } = await sessionFor(this.#executable).ask(request);
    const [answer] = answers;
    if (answer === undefined) throw new Error(`No answer to ${JSON.stringify(request)}: ${stderr}`);
    const body = asObject(Object.values(answer)[0]);
    return {
      outcome: outcomes[0],
      body,
      outputs: asObject(body["outputProperties"] ?? {}),
      error: "errorResponse" in answer ? String(body["message"]) : undefined,
      said: [JSON.stringify(answer), stderr, commandLine].join("\n"),
    };
  }
}

/** One resource of a deployment. */
export class DeployedResource {
  readonly #deployment: Deployment;
  readonly #type: string;
  readonly #same: Message;

  constructor(deployment: Deployment, type: string, same: Message) {
    this.#deployment = deployment;
    this.#type = type;
    this.#same = same;
  }

  create(inputs: Message): Promise<DeploymentReply> {
    return this.#deployment.create(this.#type, { ...this.#same, ...inputs });
  }

  update(previous: Message, inputs: Message): Promise<DeploymentReply> {
    return this.#deployment.update(this.#type, { ...this.#same, ...previous }, { ...this.#same, ...inputs });
  }

  destroy(inputs: Message): Promise<DeploymentReply> {
    return this.#deployment.destroy(this.#type, { ...this.#same, ...inputs });
  }

  planDestroy(inputs: Message): Promise<DeploymentReply> {
    return this.#deployment.planDestroy(this.#type, { ...this.#same, ...inputs });
  }

  plan(inputs: Message, previous?: Message): Promise<DeploymentReply> {
    const before = previous && { ...this.#same, ...previous };
    return this.#deployment.plan(this.#type, { ...this.#same, ...inputs }, before);
  }

  list(): Promise<DeploymentReply> {
    return this.#deployment.list(this.#type);
  }
}
