import { AsyncLocalStorage } from "node:async_hooks";
import type { Secret } from "../secrets/secret.ts";
import type { LoadSecretSources } from "../secrets/sources.ts";
import { KnownSecrets } from "../secrets/known-secrets.ts";
import { writeFully } from "../wire/lines.ts";
import type { Pools } from "./pools.ts";
import { Progress } from "./progress.ts";

/**
 * The state of one request. A process may serve several requests concurrently, so modules must not keep such state. Code
 * of any depth gets the context of its request from `currentContext`, without a parameter.
 */
export interface RequestContext {
  /** Aborts when the request ends early: its time limit expired, or it failed. */
  readonly signal: AbortSignal;
  /** Seconds until the request's deadline; Infinity outside of requests. */
  readonly remainingSeconds: () => number;
  readonly progress: Progress;
  /** What the request changed besides its object, for the outcome line. */
  readonly notes: string[];
  readonly secrets: KnownSecrets;
  /** What the request has resolved, by reference; undefined outside of requests, where every resolution reads anew. */
  readonly resolutions: Map<string, Promise<Secret>> | undefined;
  /** Reads references that need more than this package; undefined if the provider supports none. */
  readonly secretSources: LoadSecretSources | undefined;
  /** What the requests of this process share; undefined if it serves them one by one. */
  readonly pools: Pools | undefined;
  /** Receives the request's lines for stderr, with secrets already scrubbed. */
  readonly stderr: (text: string) => void;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Context of work outside requests: a command, a script, a test. It has no time limit, and its secrets stay known. */
const outside: RequestContext = {
  signal: new AbortController().signal,
  remainingSeconds: () => Infinity,
  progress: new Progress(),
  notes: [],
  secrets: new KnownSecrets(),
  resolutions: undefined,
  secretSources: undefined,
  pools: undefined,
  stderr: writeStderrNow,
};

/**
 * The context of the calling code. It follows every await, timer and event that the request started, including those that
 * outlive the request.
 */
export const currentContext = (): RequestContext => storage.getStore() ?? outside;

/** What the current request shares with others of its process; undefined if it is alone. */
export const currentPools = (): Pools | undefined => currentContext().pools;

/** Runs `work` in the current context with `changes` applied. */
export const runWith = <T>(changes: Partial<RequestContext>, work: () => T): T =>
  runIn({ ...currentContext(), ...changes }, work);

/**
 * Runs work in the context of no request: it opens what outlives the request, such as a connection that another one uses
 * next. Events of that thing then belong to no request, and an uncaught error in them fails all that are in progress.
 */
export const outsideRequests = <T>(work: () => T): T => runIn(outside, work);

export const runIn = <T>(context: RequestContext, work: () => T): T => storage.run(context, work);

/** Writes synchronously. A closed stderr does not end the process: the answer on stdout matters more. */
export function writeStderrNow(text: string): void {
  try {
    writeFully(2, text);
  } catch {
    // The reader has closed stderr.
  }
}
