import { failUncaught } from "../request/active-request.ts";
import { writeFully } from "../wire/lines.ts";
import { explain } from "./explain.ts";
import type { Provider } from "./provider.ts";

/** Serves an engine that has started this process as its plugin. Neither stdin nor stdout is NixOps4's. */
export async function startPlugin(provider: Provider): Promise<void> {
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
