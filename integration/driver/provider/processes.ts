import type { Provider } from "../evaluation/member.ts";
import type { AnswerType, Request } from "./answer.ts";
import type { Outcome } from "./message.ts";
import { askOnce } from "./once.ts";
import type { ProviderSurroundings } from "./process.ts";
import { SharedProcess, Unanswered } from "./shared-process.ts";

/** An answer, and the outcome that the provider reported with it. */
export interface Answered<Answer> {
  readonly answer: Answer;
  readonly outcome: Exclude<Outcome, "failed"> | undefined;
}

/** Sends requests to providers for one member. */
export interface Asking extends ProviderSurroundings {
  ask<Answer>(provider: Provider, request: Request, type: AnswerType<Answer>): Promise<Answered<Answer>>;
}

/**
 * The processes of one run: one for each provider, which answers the requests of all members side by side. A provider that
 * does not know tagged requests, or whose process has ended unexpectedly, gets a process for each request, as NixOps4
 * starts them. A request may so be sent twice: the second time, it finds what the first one did.
 */
export class ProviderProcesses implements AsyncDisposable {
  /** Environment of the providers. */
  readonly #env: NodeJS.ProcessEnv;
  readonly #onStray: (text: string) => void;
  readonly #shared = new Map<string, Promise<SharedProcess>>();
  readonly #oneByOne = new Set<string>();

  /** `onStray` gets what providers write for no member. */
  constructor(env: NodeJS.ProcessEnv, onStray: (text: string) => void) {
    this.#env = env;
    this.#onStray = onStray;
  }

  /** What one member needs to send requests; `onMessage` gets each line that providers write for them. */
  for(onMessage: ProviderSurroundings["onMessage"]): Asking {
    return { env: this.#env, onMessage, ask: (...request) => this.#ask(onMessage, ...request) };
  }

  async #ask<Answer>(
    onMessage: ProviderSurroundings["onMessage"],
    provider: Provider,
    request: Request,
    type: AnswerType<Answer>,
  ): Promise<Answered<Answer>> {
    let outcome: Answered<Answer>["outcome"];
    const listen: ProviderSurroundings["onMessage"] = (message) => {
      // A failure is reported by the answer.
      if (message.kind === "outcome" && message.outcome !== "failed") outcome = message.outcome;
      onMessage(message);
    };
    const key = JSON.stringify([provider.executable, provider.args]);
    try {
      if (this.#oneByOne.has(key)) throw new Unanswered();
      const process = await this.#sharedProcess(key, provider);
      return { answer: await process.ask(request, type, listen), outcome };
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      this.#oneByOne.add(key);
    }
    return { answer: await askOnce(provider, request, type, { env: this.#env, onMessage: listen }), outcome };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const processes = await Promise.allSettled(this.#shared.values());
    this.#shared.clear();
    await Promise.all(
      processes.flatMap((result) => (result.status === "fulfilled" ? [result.value[Symbol.asyncDispose]()] : [])),
    );
  }

  #sharedProcess(key: string, provider: Provider): Promise<SharedProcess> {
    const started = this.#shared.get(key) ?? SharedProcess.start(provider, this.#env, this.#onStray);
    this.#shared.set(key, started);
    return started;
  }
}
