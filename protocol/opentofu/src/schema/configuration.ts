import { isObjectValue, unknown, type ObjectValue, type Value } from "../values/value.ts";
import { toEngine } from "./convert.ts";
import { typeName, type ProviderSchema, type TypeSchema } from "./form.ts";
import { sourceOf } from "./source.ts";

type Properties = Readonly<Record<string, unknown>>;

/** One resource of a configuration. */
export interface ConfiguredResource {
  readonly type: string;
  readonly name: string;
  /** All inputs, as a request has them. */
  readonly inputs: Properties;
}

/** The text of `main.tf.json`, with one provider whose connection and deployment are those of the first resource. */
export function configurationOf(provider: ProviderSchema, resources: readonly ConfiguredResource[]): object {
  const { connection, managedBy } = resources[0]?.inputs ?? {};
  return {
    terraform: { required_providers: { [provider.name]: { source: sourceOf(provider) } } },
    provider: {
      [provider.name]: { connection: written(toEngine(connection, provider.connection)), managed_by: managedBy },
    },
    resource: Object.fromEntries(
      resources.map(({ type, name, inputs }) => [
        typeName(provider, type),
        { [name]: attributesOf(provider.types[type], inputs) },
      ]),
    ),
  };
}

/** The attributes that a user writes: those with a value. */
export function attributesOf(type: TypeSchema | undefined, inputs: Properties): ObjectValue {
  if (type === undefined) throw new TypeError("The provider has no such type.");
  return Object.fromEntries(
    type.inputs.fields.flatMap(({ name, input, form }) => {
      const value = toEngine(inputs[input], form);
      return value === null ? [] : [[name, written(value)]];
    }),
  );
}

/** A value as JSON syntax has it: without nulls, and with `${` and `%{` as text. */
export function written(value: Value): Value {
  if (typeof value === "string") return value.replaceAll(/[$%](?=\{)/g, "$&$&");
  if (value === unknown) throw new TypeError("A configuration has no unknown values.");
  if (Array.isArray(value)) return value.map(written);
  if (!isObjectValue(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, written(inner)]])),
  );
}
