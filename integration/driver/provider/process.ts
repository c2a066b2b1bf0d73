import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import pLimit from "p-limit";
import { parseAnswer, type AnswerType, type Request } from "./answer.ts";
import { DriverError, reasonOf } from "../errors.ts";
import { lines } from "./lines.ts";
import type { Provider } from "../evaluation/member.ts";
import { parseProviderMessage, type ProviderMessage } from "./message.ts";

export interface ProviderSurroundings {
  /** Environment of the process: credentials by reference live there. */
  env: NodeJS.ProcessEnv;
  /** Gets what the provider writes to stderr, line by line. */
  onMessage: (message: ProviderMessage) => void;
}

/**
 * A running provider. It is started exactly as NixOps4 starts it: `executable` is looked up on PATH where it has no
 * slash, `args` follow, nothing is put in front. So a script needs its own interpreter line, or the deployment names
 * the interpreter as `executable` and the script in `args`. The process stays in our process group, as under NixOps4:
 * the terminal's Ctrl-C reaches it too.
 */
export class ProviderProcess implements AsyncDisposable {
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncGenerator<string, undefined>;
  readonly #stderr: Promise<void>;
  readonly #ended: Promise<string>;
  /** The protocol has one request at a time. */
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
    // A provider that is gone says so by not answering; writing to it then is no failure of its own.
    child.stdin.on("error", () => {});
  }

  static async start(provider: Provider, surroundings: ProviderSurroundings): Promise<ProviderProcess> {
    const name = `provider ${provider.executable}`;
    try {
      const child = spawn(provider.executable, provider.args, {
        // Its outcome line is read here, so it is asked for in the form that is not for people.
        env: { ...surroundings.env, NIXOPS4_RESOURCES_LOG_FORMAT: "json" },
      });
      await once(child, "spawn");
      return new ProviderProcess(name, child, surroundings);
    } catch (error) {
      throw new DriverError("driver.provider.start", `Unable to start ${name}: ${reasonOf(error)}.`, { cause: error });
    }
  }

  /** Sends a request and waits for its answer, however long that takes: deadlines are the provider's. */
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

  /** Asks the provider to end by closing its stdin, and waits until it has; its exit status means nothing then. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    // Read on, so that a provider with more to say is not stopped by a full pipe.
    for await (const _ of this.#answers);
    await this.#stderr;
    await this.#ended;
  }
}
