import type { AnyResource, Provider } from "@nixops4-resources/protocol-core";
import type { ProviderSchema } from "../schema/form.ts";
import { providerConfigType } from "../schema/resource-type.ts";
import { decodeMsgpack } from "../values/msgpack.ts";
import { isObjectValue, unknown } from "../values/value.ts";
import { askerOf, type Ask } from "./ask.ts";
import type { DynamicValue } from "./messages.ts";
import { ServedTypes, type ProviderConfig } from "./served-type.ts";

/** One run of the engine, with the provider's configuration for it. */
export class Session {
  readonly types: ServedTypes;
  readonly ask: Ask;
  readonly #provider: Provider;
  readonly #schema: ProviderSchema;
  #config: ProviderConfig = { connection: unknown, managedBy: unknown };
  #isStopped = false;

  constructor(provider: Provider, schema: ProviderSchema, writeLog: (text: string) => void) {
    this.types = new ServedTypes(schema);
    this.ask = askerOf(provider, writeLog);
    this.#provider = provider;
    this.#schema = schema;
  }

  /** Unknown until the engine sends it. */
  get config(): ProviderConfig {
    return this.#config;
  }

  configure({ msgpack }: DynamicValue): void {
    const value = decodeMsgpack(msgpack, providerConfigType(this.#schema));
    if (!isObjectValue(value)) return;
    this.#config = { connection: value["connection"] ?? null, managedBy: value["managed_by"] ?? null };
  }

  /** Whether the user has interrupted the engine. What is in hand goes on, but no write begins. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async definition(type: string): Promise<AnyResource> {
    const definition = await this.#provider.types[type]?.();
    if (definition === undefined) throw new TypeError(`The schema has the type ${type}, the provider has not`);
    return definition.default;
  }
}
