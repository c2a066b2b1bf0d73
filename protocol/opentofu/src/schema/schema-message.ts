import { serviceDefinitions } from "../protos/load.ts";
import type { ProviderSchema } from "./form.ts";
import { providerConfigSchema, resourceSchemas } from "./wire-schema.ts";

/** What a plugin can do beyond the first version of the protocol. */
export const capabilities = { plan_destroy: true, get_provider_schema_optional: true, move_resource_state: true };

/** The answer to GetProviderSchema. */
export const schemaMessage = (schema: ProviderSchema): object => ({
  server_capabilities: capabilities,
  provider: providerConfigSchema(schema),
  resource_schemas: resourceSchemas(schema),
});

/** The same in bytes, for a bundle: to make them costs half as much as the start of Node. */
export function encodedSchema(schema: ProviderSchema): Buffer {
  const method = serviceDefinitions()("tfplugin6.Provider")["GetProviderSchema"];
  if (method === undefined) throw new TypeError("The protos do not have GetProviderSchema");
  return method.responseSerialize(schemaMessage(schema));
}
