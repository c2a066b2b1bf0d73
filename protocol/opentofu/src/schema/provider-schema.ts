import type { ProviderDescription, TypeDescription } from "@nixops4-resources/protocol-core";
import { exampleInputs } from "@nixops4-resources/protocol-core/generate";
import { connectionName, outputsName, type ObjectForm, type ProviderSchema, type TypeSchema } from "./form.ts";
import { formOf, objectOf } from "./from-json-schema.ts";
import { checkNames } from "./names.ts";

/** A provider as the engine sees it. Types that store NixOps4's state are left out, since the engine has its own states. */
export function providerSchema({ provider, resourceTypes }: ProviderDescription): ProviderSchema {
  const types = Object.entries(resourceTypes).filter(([, { storesState }]) => !storesState);
  const [first] = types;
  if (first === undefined) throw new Error(`Unable to serve ${provider.name} to OpenTofu: it has no resource type.`);
  const { properties = {}, $defs = {} } = first[1].inputs;
  const { connection, managedBy } = properties;
  const name = `nixops4-${provider.name}`;
  return {
    name,
    title: provider.title,
    description: provider.description,
    version: provider.version,
    connection: formOf(connection, $defs),
    connectionDescription: descriptionOf(connection),
    managedByDescription: descriptionOf(managedBy),
    types: Object.fromEntries(types.map(([type, description]) => [type, typeSchema(description, `${name}_${type}`)])),
  };
}

function typeSchema(type: TypeDescription, where: string): TypeSchema {
  const { connection: _, managedBy: _also, ...own } = type.inputs.properties ?? {};
  const inputs = objectOf({ ...type.inputs, properties: own }, type.inputs.$defs ?? {});
  checkNames(
    inputs.fields.map(({ name }) => name),
    [connectionName, outputsName],
    where,
  );
  return {
    description: type.description,
    inputs,
    outputs: objectOf(type.outputs, type.outputs.$defs ?? {}),
    identity: type.identity,
    bearsMark: type.bearsMark,
    stableOutputs: type.stableOutputs,
    example: exampleOf(type, inputs),
  };
}

function exampleOf(type: TypeDescription, { fields }: ObjectForm): Record<string, unknown> {
  const all = exampleInputs(type);
  const needed = fields.filter(({ input, isRequired }) => isRequired && !type.identity.includes(input));
  return Object.fromEntries(needed.map(({ input }) => [input, all[input]]));
}

const descriptionOf = (schema: unknown): string =>
  typeof schema === "object" && schema !== null && "description" in schema ? String(schema.description) : "";
