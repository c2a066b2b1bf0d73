import type { Properties } from "@nixops4-resources/protocol-core/engine";
import {
  connectionName,
  engineType,
  outputsName,
  type ObjectForm,
  type ProviderSchema,
  type TypeSchema,
} from "../schema/form.ts";
import { objectWithDefaults, toInput } from "../schema/convert.ts";
import { resourceType } from "../schema/resource-type.ts";
import type { EngineType } from "../values/engine-type.ts";
import { decodeMsgpack, encodeMsgpack } from "../values/msgpack.ts";
import { hasUnknown, isObjectValue, isUnknown, type ObjectValue, type Value } from "../values/value.ts";
import { failed } from "./diagnostics.ts";
import type { DynamicValue } from "./messages.ts";

/** The provider's configuration. Its values may be unknown in a plan. */
export interface ProviderConfig {
  readonly connection: Value;
  readonly managedBy: Value;
}

/** A resource type, and the conversions of its values. */
export class ServedType {
  readonly name: string;
  readonly schema: TypeSchema;
  readonly provider: ProviderSchema;
  readonly #type: EngineType;
  readonly inputsType: EngineType;

  constructor(provider: ProviderSchema, name: string, schema: TypeSchema) {
    this.provider = provider;
    this.name = name;
    this.schema = schema;
    this.#type = resourceType(provider, schema.inputs, schema.outputs);
    this.inputsType = engineType(schema.inputs);
  }

  /** Null if there is no object. */
  decode({ msgpack }: DynamicValue): ObjectValue | null {
    const value = decodeMsgpack(msgpack, this.#type);
    return isObjectValue(value) ? value : null;
  }

  encode(value: ObjectValue | null): { msgpack: Buffer } {
    return { msgpack: encodeMsgpack(value, this.#type) };
  }

  get type(): EngineType {
    return this.#type;
  }

  inputsOf(value: ObjectValue): ObjectValue {
    return objectWithDefaults(value, this.schema.inputs);
  }

  /** All inputs of a request; undefined if one of them is unknown. */
  requestInputs(inputs: ObjectValue, override: Value, config: ProviderConfig): Properties | undefined {
    const connection = override ?? config.connection;
    const { managedBy } = config;
    if (hasUnknown(inputs) || hasUnknown(connection) || isUnknown(managedBy)) return undefined;
    return {
      ...this.ownInputs(inputs, this.schema.inputs),
      connection: toInput(connection, this.provider.connection),
      managedBy,
    };
  }

  /** The inputs as requests name them, without those that are unknown. */
  ownInputs(inputs: ObjectValue, { fields }: ObjectForm): Properties {
    return Object.fromEntries(
      fields.flatMap(({ name, input, form }) => {
        const value = inputs[name] ?? null;
        return value === null || hasUnknown(value) ? [] : [[input, toInput(value, form)]];
      }),
    );
  }
}

export const overrideOf = (value: ObjectValue): Value => value[connectionName] ?? null;
export const outputsOf = (value: ObjectValue): Value => value[outputsName] ?? null;

/** The value of a resource from its parts. */
export const resourceValue = (inputs: ObjectValue, override: Value, outputs: Value): ObjectValue => ({
  ...inputs,
  [connectionName]: override,
  [outputsName]: outputs,
});

/** All types by their names in the engine. */
export class ServedTypes {
  readonly #types: ReadonlyMap<string, ServedType>;
  readonly #provider: ProviderSchema;

  constructor(provider: ProviderSchema) {
    this.#provider = provider;
    this.#types = new Map(
      Object.entries(provider.types).map(([type, schema]) => [
        `${provider.name}_${type}`,
        new ServedType(provider, type, schema),
      ]),
    );
  }

  get(typeName: string): ServedType {
    const type = this.#types.get(typeName);
    if (type !== undefined) return type;
    throw failed(
      `the provider ${this.#provider.name} has no resource type ${typeName}`,
      "opentofu.type.unknown",
      `Use one of ${[...this.#types.keys()].join(", ")}`,
    );
  }
}
