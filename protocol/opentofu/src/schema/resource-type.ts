import type { EngineType } from "../values/engine-type.ts";
import { connectionName, engineType, outputsName, type ObjectForm, type ProviderSchema } from "./form.ts";

/** The type of a resource's values: its inputs, its connection and its outputs. */
export function resourceType({ connection }: ProviderSchema, inputs: ObjectForm, outputs: ObjectForm): EngineType {
  return [
    "object",
    {
      ...Object.fromEntries(inputs.fields.map(({ name, form }) => [name, engineType(form)])),
      [connectionName]: engineType(connection),
      [outputsName]: engineType(outputs),
    },
  ];
}

export const providerConfigType = ({ connection }: ProviderSchema): EngineType => [
  "object",
  { connection: engineType(connection), managed_by: "string" },
];
