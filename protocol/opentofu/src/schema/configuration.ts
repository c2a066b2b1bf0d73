import type { ObjectValue } from "../values/value.ts";
import { toEngine } from "./convert.ts";
import { typeName, type Field, type ProviderSchema } from "./form.ts";
import { importId, isGiven } from "./import-id.ts";
import { ProviderBlocks } from "./provider-blocks.ts";
import { escaped, written } from "./written.ts";

type Properties = Readonly<Record<string, unknown>>;

/** One resource of a configuration. */
export interface ConfiguredResource {
  readonly provider: ProviderSchema;
  readonly type: string;
  readonly name: string;
  /** All inputs, as a request has them. A part may be raw JSON, such as a reference to another resource. */
  readonly inputs: Properties;
  /** The inputs of an object that exists, to import it. They have no references. */
  readonly existing?: Properties;
}

/** The contents of `main.tf.json`. Resources with another connection or deployment than the first one use an alias. */
export function configurationOf(resources: readonly ConfiguredResource[]): object {
  const providers = new ProviderBlocks();
  const blocks: Record<string, Record<string, object>> = {};
  const imports: { to: string; id: string }[] = [];
  for (const { provider, type, name, inputs, existing } of resources) {
    const schema = provider.types[type];
    if (schema === undefined) throw new TypeError(`The provider ${provider.name} has no type ${type}.`);
    const engineName = typeName(provider, type);
    const alias = providers.use(provider, {
      connection: written(toEngine(inputs["connection"], provider.connection)),
      managed_by: String(inputs["managedBy"]),
    });
    const given = schema.inputs.fields.filter((field) => isGiven(field, inputs));
    (blocks[engineName] ??= {})[name] = { ...alias, ...attributesOf(given, inputs) };
    if (existing !== undefined) imports.push({ to: `${engineName}.${name}`, id: escaped(importId(schema, existing)) });
  }
  return { ...providers.written(), resource: blocks, ...(imports.length > 0 && { import: imports }) };
}

/** The attributes that a user writes: those with a value. */
export function attributesOf(fields: readonly Field[], inputs: Properties): ObjectValue {
  return Object.fromEntries(
    fields.flatMap(({ name, input, form }) => {
      const value = toEngine(inputs[input], form);
      return value === null ? [] : [[name, written(value)]];
    }),
  );
}
