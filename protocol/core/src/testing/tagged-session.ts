import { taggedMessages } from "../wire/tagged.ts";
import {
  answerLimitMs,
  exitLimitMs,
  outcomesIn,
  startProvider,
  type Executable,
  type Message,
  type ProviderProcess,
  type Shown,
} from "./provider-process.ts";
import { asObject } from "./reply.ts";

/** A request that was sent and not answered. */
interface Waiting {
  readonly request: Message;
  readonly onStderr: ((text: string) => void) | undefined;
  stderr: string;
  readonly answered: (answer: Message) => void;
  readonly failed: (error: Error) => void;
}

/**
 * Sends requests to one process, which answers them side by side. A process that ended too early is replaced at the next
 * request, and `finish` reports it: its own request may have been one whose answer nobody looks at.
 */
export class TaggedSession implements AsyncDisposable {
  readonly #executable: Executable;
  readonly #waiting = new Map<number, Waiting>();
  #provider: ProviderProcess | undefined;
  /** Why a process ended before the end of its input. */
  #tooEarly: Error | undefined;
  #sent = 0;

  constructor(executable: Executable) {
    this.#executable = executable;
  }

  /** What the provider has shown of this request alone; `onStderr` gets its lines while it runs. */
  async ask(request: Message, onStderr?: (text: string) => void): Promise<Shown> {
    const provider = this.#running();
    const id = ++this.#sent;
    const limit = setTimeout(() => provider.kill(), answerLimitMs);
    try {
      let stderr = "";
      const answer = await new Promise<Message>((answered, failed) => {
        const waiting: Waiting = {
          request,
          onStderr,
          failed,
          answered: (message) => {
            stderr = waiting.stderr;
            answered(message);
          },
          stderr: "",
        };
        this.#waiting.set(id, waiting);
        provider.send({ [taggedMessages.request]: { id, request } });
      });
      const { commandLine } = provider;
      return { answers: [answer], outcomes: outcomesIn(stderr), stdout: JSON.stringify(answer), stderr, commandLine };
    } finally {
      clearTimeout(limit);
      this.#waiting.delete(id);
    }
  }

  /** Ends the process as its sender does, and returns all that it has shown; undefined if none is running. */
  async finish(): Promise<Shown | undefined> {
    const provider = this.#provider;
    this.#provider = undefined;
    const tooEarly = this.#tooEarly;
    this.#tooEarly = undefined;
    if (tooEarly !== undefined) {
      provider?.kill();
      throw tooEarly;
    }
    if (provider === undefined) return undefined;
    // A test that ran out of time has left its request behind.
    const isAbandoned = this.#waiting.size > 0;
    if (isAbandoned) provider.kill();
    const limit = setTimeout(() => provider.kill(), exitLimitMs);
    const finished = await provider.finish();
    clearTimeout(limit);
    if (isAbandoned || finished.exitCode === 0) return finished;
    throw new Error(`The process ended with ${finished.exitCode ?? finished.signal}: ${finished.stderr}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish();
  }

  #running(): ProviderProcess {
    if (this.#provider !== undefined) return this.#provider;
    const provider = startProvider(this.#executable);
    this.#provider = provider;
    void this.#listen(provider);
    return provider;
  }

  async #listen(provider: ProviderProcess): Promise<void> {
    try {
      for (;;) this.#receive(await provider.answer());
    } catch (cause) {
      provider.kill();
      if (this.#provider === provider) {
        this.#provider = undefined;
        this.#tooEarly = new Error(`The process ended before the end of its input: ${String(cause)}`, { cause });
      }
      for (const { request, failed } of this.#waiting.values()) {
        failed(new Error(`The process ended at ${JSON.stringify(request)}: ${String(cause)}`, { cause }));
      }
    }
  }

  #receive(message: Message): void {
    const [[kind, body] = ["nothing", {}]] = Object.entries(message);
    const { id, text, response } = asObject(body);
    const waiting = this.#waiting.get(Number(id));
    if (kind === taggedMessages.stderr) {
      // Work that outlives its request may still log.
      if (waiting === undefined) return;
      waiting.stderr += String(text);
      waiting.onStderr?.(String(text));
    } else if (kind === taggedMessages.response && waiting !== undefined) waiting.answered(asObject(response));
    else throw new Error(`Nobody waits for ${JSON.stringify(message)}`);
  }
}
