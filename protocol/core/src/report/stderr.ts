import { writeFully } from "../wire/lines.ts";
import { scrub } from "../secrets/secret.ts";

/** Whether stderr is to hold JSON lines: set to `json` by programs that start a provider, such as the driver. */
export const wantsJson = (): boolean => process.env["NIXOPS4_RESOURCES_LOG_FORMAT"] === "json";

/** One line on stderr, by a plain write: for people, or the same as JSON. Secrets are taken out of both. */
export function writeStderr(text: string, json: Record<string, unknown>): void {
  const line = wantsJson()
    ? JSON.stringify(json, (_key, value) => (typeof value === "string" ? scrub(value) : value))
    : scrub(text);
  try {
    writeFully(2, `${line.replaceAll("\n", "\n  ")}\n`);
  } catch {
    // Nobody reads stderr any more; the answer on stdout is what counts.
  }
}
