import { type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import type { Provider } from "../evaluation/member.ts";
import { isJsonObject, parseJson, type Json, type JsonObject } from "../json.ts";
import { readAnswer, type AnswerType, type Request } from "./answer.ts";
import { lines } from "./lines.ts";
import { parseProviderMessage } from "./message.ts";
import { nameOf, startProvider, type ProviderSurroundings } from "./process.ts";

/** The process ended without an answer, or serves its requests one by one. The request may be repeated by another one. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

interface Waiting {
  readonly onMessage: ProviderSurroundings["onMessage"];
  readonly answered: (answer: Json) => void;
  readonly failed: (error: Error) => void;
}

/** A running provider that answers many requests side by side, if it knows tagged requests (ADR 19). */
export class SharedProcess implements AsyncDisposable {
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  /** Whether the provider knows tagged requests: decided by its first line, or its end. */
  readonly #knowsTags = Promise.withResolvers<boolean>();
  #sent = 0;
  #isUsable = true;

  private constructor(name: string, child: ChildProcessWithoutNullStreams, onStray: (text: string) => void) {
    this.#name = name;
    this.#child = child;
    // A provider that has ended is reported by its missing answers.
    child.stdin.on("error", () => {});
    this.#ended = Promise.all([this.#listen(), this.#hear(onStray), once(child, "exit")]).then(() => undefined);
  }

  /** `onStray` gets what the process writes to stderr for no request, once it has proved that it knows tagged requests. */
  static async start(
    provider: Provider,
    env: NodeJS.ProcessEnv,
    onStray: (text: string) => void,
  ): Promise<SharedProcess> {
    return new SharedProcess(nameOf(provider), await startProvider(provider, env), onStray);
  }

  /** Throws Unanswered if another process may have to answer. */
  async ask<Answer>(
    request: Request,
    type: AnswerType<Answer>,
    onMessage: ProviderSurroundings["onMessage"],
  ): Promise<Answer> {
    const id = ++this.#sent;
    try {
      const answer = await new Promise<Json>((answered, failed) => {
        if (!this.#isUsable) throw new Unanswered();
        this.#waiting.set(id, { onMessage, answered, failed });
        this.#child.stdin.write(`${JSON.stringify({ taggedRequest: { id, request } })}\n`);
      });
      return readAnswer(type, answer, this.#name);
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Ends the provider by closing its stdin, and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isUsable = false;
    this.#child.stdin.end();
    await this.#ended;
  }

  async #listen(): Promise<void> {
    for await (const line of lines(this.#child.stdout)) {
      if (this.#isUsable && !this.#receive(line)) this.#giveUp();
    }
    this.#giveUp();
  }

  /** False for a line that is no tagged message: the provider does not know them. */
  #receive(line: string): boolean {
    const message = objectIn(line);
    const { taggedResponse: response, taggedStderr: stderr } = message;
    const tagged = response ?? stderr;
    if (!isJsonObject(tagged)) return false;
    const waiting = this.#waiting.get(Number(tagged["id"]));
    if (response !== undefined) waiting?.answered(tagged["response"] ?? null);
    const { text } = tagged;
    for (const said of typeof text === "string" ? text.trimEnd().split("\n") : []) {
      waiting?.onMessage(parseProviderMessage(said));
    }
    this.#knowsTags.resolve(true);
    return true;
  }

  /** Nothing more is asked of this process, and what it has not answered is left to others. */
  #giveUp(): void {
    this.#isUsable = false;
    this.#knowsTags.resolve(false);
    this.#child.stdin.end();
    for (const { failed } of this.#waiting.values()) failed(new Unanswered());
  }

  async #hear(onStray: (text: string) => void): Promise<void> {
    for await (const line of lines(this.#child.stderr)) {
      void this.#knowsTags.promise.then((knows) => knows && onStray(line));
    }
  }
}

function objectIn(line: string): JsonObject {
  try {
    const value = parseJson(line);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
