import { setTimeout as pause } from "node:timers/promises";
import {
  answerLimitMs,
  ask,
  exitLimitMs,
  outcomesIn,
  startProvider,
  type Executable,
  type Message,
  type ProviderProcess,
  type Shown,
} from "./provider-process.ts";

/**
 * A line that the provider rejects, on stdout and on stderr. It does so only after it has written the log of the request
 * before, so that everything before these words belongs to that request.
 */
const endOfRequest: Message = {};
const endOfRequestLine = /^.*the request is empty.*\n/m;

/**
 * Sends requests one after the other to one long-lived process, which saves the start of a process per request.
 * A request that arrives while another one runs gets a process of its own, as NixOps4 starts them.
 */
export class ProviderSession implements AsyncDisposable {
  readonly #executable: Executable;
  #provider: ProviderProcess | undefined;
  #isBusy = false;
  #last: Message | undefined;

  constructor(executable: Executable) {
    this.#executable = executable;
  }

  /** The process id of the long-lived process; undefined before the first request. */
  get pid(): number | undefined {
    return this.#provider?.pid;
  }

  /** What the provider has shown of this request alone. A process that failed is replaced at the next request. */
  async ask(request: Message): Promise<Shown> {
    if (this.#isBusy) return await ask(this.#executable, request);
    this.#isBusy = true;
    try {
      return await this.#converse(this.#running(), request);
    } catch (error) {
      this.#provider?.kill();
      this.#provider = undefined;
      throw error;
    } finally {
      this.#isBusy = false;
      this.#last = request;
    }
  }

  /** Ends the process as NixOps4 does, and returns all that it has shown; undefined if none is running. */
  async finish(): Promise<Shown | undefined> {
    const provider = this.#provider;
    this.#provider = undefined;
    if (provider === undefined) return undefined;
    // A test that ran out of time has left its request behind.
    const isAbandoned = this.#isBusy;
    if (isAbandoned) provider.kill();
    const hasEndedEarly = provider.hasEnded;
    const limit = setTimeout(() => provider.kill(), exitLimitMs);
    const finished = await provider.finish();
    clearTimeout(limit);
    if (isAbandoned || (finished.exitCode === 0 && !hasEndedEarly)) return finished;
    const when = hasEndedEarly ? "before" : "at";
    throw new Error(`The long-lived process ${endOf(finished)} ${when} the end of its input: ${finished.stderr}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish();
  }

  #running(): ProviderProcess {
    if (this.#provider?.hasEnded === true) {
      const { stderr } = this.#provider.shown();
      throw new Error(`The long-lived process ended after it had answered ${JSON.stringify(this.#last)}: ${stderr}`);
    }
    this.#provider ??= startProvider(this.#executable);
    return this.#provider;
  }

  async #converse(provider: ProviderProcess, request: Message): Promise<Shown> {
    const since = provider.position();
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      provider.kill();
    }, answerLimitMs);
    try {
      provider.send(request);
      await provider.answer();
      provider.send(endOfRequest);
      const mark = await provider.answer();
      // stderr is another pipe, which may be read later than stdout.
      while (!endOfRequestLine.test(provider.shown(since).stderr)) {
        if (provider.hasEnded) throw new Error(`The provider ended: ${provider.shown(since).stderr}`);
        await pause(1);
      }
      const shown = provider.shown(since);
      if (!("errorResponse" in mark) || shown.answers.length !== 2) {
        throw new Error(`Several answers: ${JSON.stringify(shown.answers)}`);
      }
      const stderr = shown.stderr.replace(endOfRequestLine, "");
      return { ...shown, answers: shown.answers.slice(0, 1), stderr, outcomes: outcomesIn(stderr) };
    } catch (cause) {
      const reason = isLate ? `no answer in ${answerLimitMs / 1000} s` : String(cause);
      throw new Error(`The long-lived process failed at ${JSON.stringify(request)}: ${reason}`, { cause });
    } finally {
      clearTimeout(limit);
    }
  }
}

const endOf = ({ exitCode, signal }: { exitCode: number | null; signal: string | null }): string =>
  signal === null ? `exited with status ${exitCode}` : `was killed by ${signal}`;
