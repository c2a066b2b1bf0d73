import type { AnswerType, Request } from "./answer.ts";
import type { Provider } from "../evaluation/member.ts";
import type { Outcome } from "./message.ts";
import { ProviderProcess, type ProviderSurroundings } from "./process.ts";

/** Starts one process for one request, and returns the outcome that the provider reports. */
export async function askOnce<Answer>(
  provider: Provider,
  request: Request,
  type: AnswerType<Answer>,
  surroundings: ProviderSurroundings,
): Promise<{ answer: Answer; outcome: Exclude<Outcome, "failed"> | undefined }> {
  let outcome: Exclude<Outcome, "failed"> | undefined;
  const onMessage: ProviderSurroundings["onMessage"] = (message) => {
    // A failure is reported by the answer.
    if (message.kind === "outcome" && message.outcome !== "failed") outcome = message.outcome;
    surroundings.onMessage(message);
  };
  const answer = await (async () => {
    await using process = await ProviderProcess.start(provider, { ...surroundings, onMessage });
    return await process.ask(request, type);
  })();
  return { answer, outcome };
}
