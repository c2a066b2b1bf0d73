import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import pLimit from "p-limit";
import { parseAnswer, type AnswerType, type Request } from "./answer.ts";
import { DriverError, reasonOf } from "../errors.ts";
import { lines } from "./lines.ts";
import type { Provider } from "../evaluation/member.ts";
import { parseProviderMessage, type ProviderMessage } from "./message.ts";

export interface ProviderSurroundings {
  /** Environment of the process, which references to secrets may name. */
  env: NodeJS.ProcessEnv;
  /** Receives each line that the provider writes to stderr. */
  onMessage: (message: ProviderMessage) => void;
}

/** The provider in messages. */
export const nameOf = ({ executable }: Provider): string => `provider ${executable}`;

/**
 * Starts a provider exactly as NixOps4 does: `executable` with `args`; an `executable` without a slash is searched on PATH.
 * So a script needs an interpreter line, or the deployment sets `executable` to the interpreter and puts the script into
 * `args`. The process stays in our process group, as under NixOps4, so it receives the terminal's Ctrl-C too.
 */
export async function startProvider(
  provider: Provider,
  env: NodeJS.ProcessEnv,
): Promise<ChildProcessWithoutNullStreams> {
  try {
    const child = spawn(provider.executable, provider.args, {
      // The driver reads the outcome line, so it asks for JSON.
      env: { ...env, NIXOPS4_RESOURCES_LOG_FORMAT: "json" },
    });
    await once(child, "spawn");
    return child;
  } catch (error) {
    const reason = reasonOf(error);
    throw new DriverError("driver.provider.start", `Unable to start ${nameOf(provider)}: ${reason}.`, { cause: error });
  }
}

/** A running provider that answers one request at a time. */
export class ProviderProcess implements AsyncDisposable {
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncGenerator<string, undefined>;
  readonly #stderr: Promise<void>;
  readonly #ended: Promise<string>;
  /** The protocol allows one request at a time. */
  readonly #turn = pLimit(1);

  private constructor(name: string, child: ChildProcessWithoutNullStreams, { onMessage }: ProviderSurroundings) {
    this.#name = name;
    this.#child = child;
    this.#answers = lines(child.stdout);
    this.#stderr = (async () => {
      for await (const line of lines(child.stderr)) onMessage(parseProviderMessage(line));
    })();
    this.#ended = once(child, "exit").then(([code, signal]) =>
      signal === null ? `it ended with exit status ${code}` : `it was ended by ${signal}`,
    );
    // A provider that has ended is reported by its missing answer, so a failed write is ignored.
    child.stdin.on("error", () => {});
  }

  static async start(provider: Provider, surroundings: ProviderSurroundings): Promise<ProviderProcess> {
    return new ProviderProcess(nameOf(provider), await startProvider(provider, surroundings.env), surroundings);
  }

  /** Sends a request and waits for its answer without a limit: the provider has the deadline. */
  ask<Answer>(request: Request, type: AnswerType<Answer>): Promise<Answer> {
    return this.#turn(async () => {
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = await this.#answers.next();
      if (answer.done === true) {
        throw new DriverError(
          "driver.provider.ended",
          `Unable to get an answer from ${this.#name}: ${await this.#ended} without one.`,
        );
      }
      return parseAnswer(type, answer.value, this.#name);
    });
  }

  /** Ends the provider by closing its stdin, and waits for it; its exit status is ignored. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    // Keep reading, so that a full pipe does not block the provider.
    for await (const _ of this.#answers);
    await this.#stderr;
    await this.#ended;
  }
}
