import { join } from "node:path";
import { ask, type Message } from "@nixops4-resources/protocol-core/testing";
import type { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";

export const main = join(import.meta.dirname, "../../dist/main.cjs");

/** The reply to one request. */
export interface DeploymentReply {
  /** `created`, `updated` and so on; undefined for a request that only reads. */
  outcome: string | undefined;
  /** The value of the reply's only key. */
  body: Message;
  /** The message of an error; undefined on success. */
  error: string | undefined;
}

/** A deployment named `shop` with one resource. Each request starts a provider process. */
export class ResourceDeployment {
  readonly backend: PostgresBackend;
  readonly #type: string;
  readonly #common: Message;

  /** `common` are inputs of all requests. */
  constructor(backend: PostgresBackend, type: string, common: Message) {
    this.backend = backend;
    this.#type = type;
    this.#common = common;
  }

  create(inputs: Message): Promise<DeploymentReply> {
    const inputProperties = this.#complete(inputs);
    return this.#send({ createResourceRequest: { type: this.#type, inputProperties, isStateful: false } });
  }

  update(previous: Message, inputs: Message): Promise<DeploymentReply> {
    const resource = this.#existing(previous);
    return this.#send({ updateResourceRequest: { resource, inputProperties: this.#complete(inputs) } });
  }

  destroy(inputs: Message): Promise<DeploymentReply> {
    return this.#send({ destroyResourceRequest: { resource: this.#existing(inputs) } });
  }

  plan(inputs: Message, previous?: Message): Promise<DeploymentReply> {
    const resource = previous === undefined ? null : this.#existing(previous);
    return this.#send({ planResourceRequest: { type: this.#type, inputProperties: this.#complete(inputs), resource } });
  }

  list(): Promise<DeploymentReply> {
    const inputProperties = { connection: this.backend.connection, managedBy: "shop" };
    return this.#send({ listResourcesRequest: { type: this.#type, inputProperties } });
  }

  #complete(inputs: Message): Message {
    return { connection: this.backend.connection, managedBy: "shop", ...this.#common, ...inputs };
  }

  #existing(inputs: Message): Message {
    return { type: this.#type, inputProperties: this.#complete(inputs) };
  }

  async #send(request: Message): Promise<DeploymentReply> {
    const { answers, outcomes, stderr } = await ask({ main }, request);
    const [body] = Object.values(answers[0] ?? {});
    if (!isMessage(body)) throw new Error(`No answer to ${JSON.stringify(request)}: ${stderr}`);
    const error = "errorResponse" in (answers[0] ?? {}) ? String(body["message"]) : undefined;
    return { outcome: outcomes[0], body, error };
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null;
}
