import { failUncaught } from "../request/active-request.ts";
import { writeFully } from "../wire/lines.ts";
import { explain } from "./explain.ts";
import type { Provider } from "./provider.ts";

/**
 * What OpenTofu and Terraform tell the programs that they start as plugins.
 * Source: https://github.com/opentofu/opentofu, internal/plugin6/serve.go
 */
export const engineCookie = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/**
 * Serves an engine that has started this process as its plugin; neither stdin nor stdout is NixOps4's then. With a cookie of
 * other programs, the process does what it does `otherwise`.
 */
export async function startPlugin(provider: Provider, otherwise: (provider: Provider) => Promise<void>): Promise<void> {
  if (process.env["TF_PLUGIN_MAGIC_COOKIE"] !== engineCookie) return await otherwise(provider);
  process.on("uncaughtException", (error) => {
    if (!failUncaught(error)) fail(error);
  });
  const plugin = await provider.opentofu?.();
  await plugin?.servePlugin(provider).catch(fail);
}

function fail(error: unknown): void {
  writeFully(2, `${explain(error, "serve OpenTofu")}\n`);
  process.exit(1);
}
