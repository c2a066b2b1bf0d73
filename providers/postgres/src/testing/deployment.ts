import { join } from "node:path";
import { ask, type Message } from "@nixops4-resources/protocol-core/testing";
import type { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";

export const main = join(import.meta.dirname, "../../dist/main.cjs");

/** The answer to one request. */
export interface Told {
  /** `created`, `updated` and so on; undefined where the request only looked. */
  outcome: string | undefined;
  /** What stands under the answer's one key. */
  body: Message;
  /** The whole text for people; undefined where all went well. */
  error: string | undefined;
}

/** A deployment named `shop` that has one resource of one type, which it describes by inputs. */
export class Deployment {
  readonly hand: PostgresBackend;
  readonly #type: string;
  readonly #same: Message;

  /** `same` are inputs that all its requests have. */
  constructor(hand: PostgresBackend, type: string, same: Message) {
    this.hand = hand;
    this.#type = type;
    this.#same = same;
  }

  create(inputs: Message): Promise<Told> {
    const inputProperties = this.#whole(inputs);
    return this.#send({ createResourceRequest: { type: this.#type, inputProperties, isStateful: false } });
  }

  update(previous: Message, inputs: Message): Promise<Told> {
    const resource = this.#extant(previous);
    return this.#send({ updateResourceRequest: { resource, inputProperties: this.#whole(inputs) } });
  }

  destroy(inputs: Message): Promise<Told> {
    return this.#send({ destroyResourceRequest: { resource: this.#extant(inputs) } });
  }

  plan(inputs: Message, previous?: Message): Promise<Told> {
    const resource = previous === undefined ? null : this.#extant(previous);
    return this.#send({ planResourceRequest: { type: this.#type, inputProperties: this.#whole(inputs), resource } });
  }

  list(): Promise<Told> {
    const inputProperties = { connection: this.hand.connection, managedBy: "shop" };
    return this.#send({ listResourcesRequest: { type: this.#type, inputProperties } });
  }

  #whole(inputs: Message): Message {
    return { connection: this.hand.connection, managedBy: "shop", ...this.#same, ...inputs };
  }

  #extant(inputs: Message): Message {
    return { type: this.#type, inputProperties: this.#whole(inputs) };
  }

  async #send(request: Message): Promise<Told> {
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
