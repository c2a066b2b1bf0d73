import type { Provider } from "@nixops4-resources/protocol-core";
import { describeProvider } from "@nixops4-resources/protocol-core/describe";
import type { ProviderSchema } from "./form.ts";
import { providerSchema } from "./provider-schema.ts";
import { schemaMessage } from "./schema-message.ts";

/** A schema as a plugin needs it. */
export interface LoadedSchema {
  readonly schema: ProviderSchema;
  /** The answer to GetProviderSchema: a message or its bytes. */
  readonly answer: () => object;
}

/** The schema of a provider that runs from its sources. A bundle has the result in place of this module. */
export async function loadSchema(provider: Provider): Promise<LoadedSchema> {
  const schema = providerSchema(await describeProvider(provider));
  return { schema, answer: () => schemaMessage(schema) };
}
