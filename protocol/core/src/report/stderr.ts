import { currentContext } from "../request/context.ts";
import { scrub } from "../secrets/secret.ts";

/** Whether stderr gets JSON lines. Programs that start a provider, such as the driver, set the variable. */
export const wantsJson = (): boolean => process.env["NIXOPS4_RESOURCES_LOG_FORMAT"] === "json";

/** Writes one line to the request's stderr, as text for people or as JSON. Secrets are scrubbed from both. */
export function writeStderr(text: string, json: Record<string, unknown>): void {
  const line = wantsJson()
    ? JSON.stringify(json, (_key, value) => (typeof value === "string" ? scrub(value) : value))
    : scrub(text);
  currentContext().stderr(`${line.replaceAll("\n", "\n  ")}\n`);
}
