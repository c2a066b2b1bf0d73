import { isJsonObject, parseJson, type Json } from "../json.ts";

/** The result of a request, as in the provider's outcome line. */
export const outcomes = ["created", "updated", "adopted", "unchanged", "deleted", "retained", "failed"] as const;
export type Outcome = (typeof outcomes)[number];

/** The meaning of a line on a provider's stderr. */
export type ProviderMessage =
  | { readonly kind: "outcome"; readonly outcome: Outcome; readonly note?: string }
  | { readonly kind: "waiting"; readonly for: string }
  | { readonly kind: "log"; readonly text: string };

/** Classifies a line of stderr. A line that is not one of our structured ones is the provider's log for the user. */
export function parseProviderMessage(line: string): ProviderMessage {
  const value = tryParse(line);
  if (!isJsonObject(value)) return { kind: "log", text: line };
  const outcome = outcomes.find((name) => name === value["outcome"]);
  const { note } = value;
  if (outcome !== undefined) return { kind: "outcome", outcome, ...(typeof note === "string" && { note }) };
  if (typeof value["waiting"] === "string") return { kind: "waiting", for: value["waiting"] };
  // Of a record of a structured log, the user sees the message.
  return { kind: "log", text: typeof value["msg"] === "string" ? value["msg"] : line };
}

function tryParse(line: string): Json | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return parseJson(line);
  } catch {
    return undefined;
  }
}
