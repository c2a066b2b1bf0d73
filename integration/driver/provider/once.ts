import type { AnswerType, Request } from "./answer.ts";
import type { Provider } from "../evaluation/member.ts";
import { ProviderProcess, type ProviderSurroundings } from "./process.ts";

/** Starts one process for one request. */
export async function askOnce<Answer>(
  provider: Provider,
  request: Request,
  type: AnswerType<Answer>,
  surroundings: ProviderSurroundings,
): Promise<Answer> {
  await using process = await ProviderProcess.start(provider, surroundings);
  return await process.ask(request, type);
}
