import { isJsonObject, parseJson, type Json } from "../json.ts";

/** How a request ended, in the words of the provider's outcome line. */
export const outcomes = ["created", "updated", "adopted", "unchanged", "deleted", "retained", "failed"] as const;
export type Outcome = (typeof outcomes)[number];

/** What a line on a provider's stderr means. */
export type ProviderMessage =
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "waiting"; readonly for: string }
  | { readonly kind: "log"; readonly text: string };

/** Sorts a line of stderr; what is none of our structured lines is the provider's log and goes to the user. */
export function parseProviderMessage(line: string): ProviderMessage {
  const value = tryParse(line);
  if (!isJsonObject(value)) return { kind: "log", text: line };
  const outcome = outcomes.find((name) => name === value["outcome"]);
  if (outcome !== undefined) return { kind: "outcome", outcome };
  if (typeof value["waiting"] === "string") return { kind: "waiting", for: value["waiting"] };
  // A record of a structured log: its message is for people, the rest for machines.
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
