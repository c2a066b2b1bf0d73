import type { Provider } from "@nixops4-resources/protocol-core";
import { describeProvider } from "@nixops4-resources/protocol-core/describe";
import type { ProviderSchema } from "./form.ts";
import { providerSchema } from "./provider-schema.ts";

/** The schema of a provider that runs from its sources. A bundle has the result in place of this module. */
export async function loadSchema(provider: Provider): Promise<ProviderSchema> {
  return providerSchema(await describeProvider(provider));
}
