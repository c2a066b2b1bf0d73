import type { Provider } from "@nixops4-resources/protocol-core";
import { loadSchema } from "./schema/load-schema.ts";
import { failed } from "./service/diagnostics.ts";
import { providerService } from "./service/service.ts";
import { writeLogLine } from "./plugin/log.ts";
import { servePluginService, takeEnvironment } from "./plugin/serve.ts";

/** Serves the resource types of a provider to OpenTofu, which has started this process as a plugin. */
export async function servePlugin(provider: Provider): Promise<void> {
  const environment = takeEnvironment(process.env);
  if (!environment.versions.includes("6")) {
    throw failed(
      `the engine supports the versions ${environment.versions.join(", ")} of its plugin protocol`,
      "opentofu.protocol.version",
      "Use OpenTofu, or Terraform 1.0 or newer",
    );
  }
  await servePluginService(providerService(provider, await loadSchema(provider), writeLogLine), environment);
}
