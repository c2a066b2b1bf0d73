import { currentContext } from "../request/context.ts";
import { inOneLine, printable, printableJson } from "./printable.ts";
import { scrub } from "../secrets/secret.ts";

/** Whether stderr gets JSON lines. Programs that start a provider, such as the driver, set the variable. */
export const wantsJson = (): boolean => process.env["NIXOPS4_RESOURCES_LOG_FORMAT"] === "json";

/** Writes one line to the request's stderr: text for people, or the same as JSON. Both are scrubbed and printable. */
export function writeStderr(text: string, json: Record<string, unknown>): void {
  const line = wantsJson()
    ? printableJson(JSON.stringify(json, (_key, value) => (typeof value === "string" ? scrub(value) : value)))
    : printable(inOneLine(scrub(text)));
  currentContext().stderr(`${line}\n`);
}
