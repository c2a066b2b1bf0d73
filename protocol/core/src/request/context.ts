import { AsyncLocalStorage } from "node:async_hooks";
import type { Secret } from "../secrets/secret.ts";
import type { LoadSecretSources } from "../secrets/sources.ts";
import { KnownSecrets } from "../secrets/known-secrets.ts";
import { writeFully } from "../wire/lines.ts";
import { Progress } from "./progress.ts";

/**
 * State that belongs to one request. A process may serve several requests side by side, so nothing of this may live in a
 * module. Code reaches the context of the request that it works for by `currentContext`, from any depth, without a
 * parameter.
 */
export interface RequestContext {
  /** Aborts when the request ends early: its time is over, or it failed. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly secrets: KnownSecrets;
  /** What the request has resolved, by reference; undefined outside of requests, where every resolution reads anew. */
  readonly resolutions: Map<string, Promise<Secret>> | undefined;
  /** Reads references that need more than this package; undefined if the provider supports none. */
  readonly secretSources: LoadSecretSources | undefined;
  /** Receives the lines that the request writes beside its answer, already scrubbed. */
  readonly stderr: (text: string) => void;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Work outside of requests: a command for people, a script, a test. Nothing ends it, and its secrets stay known. */
const outside: RequestContext = {
  signal: new AbortController().signal,
  progress: new Progress(),
  secrets: new KnownSecrets(),
  resolutions: undefined,
  secretSources: undefined,
  stderr: writeStderrNow,
};

/**
 * The context of the code that asks. It follows every await, timer and event that the request started, also those that
 * outlive the request.
 */
export const currentContext = (): RequestContext => storage.getStore() ?? outside;

/** Does the work in a context that differs from the current one by `changes`. */
export const runWith = <T>(changes: Partial<RequestContext>, work: () => T): T =>
  runIn({ ...currentContext(), ...changes }, work);

export const runIn = <T>(context: RequestContext, work: () => T): T => storage.run(context, work);

/** Writes at once. A process whose stderr nobody reads any more goes on: the answer on stdout is what counts. */
export function writeStderrNow(text: string): void {
  try {
    writeFully(2, text);
  } catch {
    // Nobody reads it.
  }
}
