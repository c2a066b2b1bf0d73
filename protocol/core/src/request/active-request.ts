import { log } from "../report/log.ts";
import { messageOf } from "../report/error.ts";
import { KnownSecrets } from "../secrets/known-secrets.ts";
import type { Secret } from "../secrets/secret.ts";
import type { LoadSecretSources } from "../secrets/sources.ts";
import { currentContext, runIn, writeStderrNow, type RequestContext } from "./context.ts";
import { Deadline } from "./deadline.ts";
import type { Pools } from "./pools.ts";
import { Progress } from "./progress.ts";

/** Where a request runs. */
export interface Surroundings {
  /** Receives its lines for stderr. The process's own stderr by default. */
  readonly stderr?: RequestContext["stderr"];
  /** What it shares with the other requests of the process. Nothing by default. */
  readonly pools?: Pools;
  /** Gets the request before its work begins. */
  readonly onBegin?: (request: ActiveRequest) => void;
}

const inHand = new Set<ActiveRequest>();

/** One request, from its line of input to its answer. Disposal discards its state. */
export class ActiveRequest implements RequestContext, Disposable {
  readonly progress = new Progress();
  readonly notes: string[] = [];
  readonly secrets = new KnownSecrets();
  readonly deadline = new Deadline(this.progress);
  readonly signal = this.deadline.signal;
  readonly remainingSeconds = (): number => this.deadline.remainingSeconds;
  readonly resolutions = new Map<string, Promise<Secret>>();
  readonly secretSources: LoadSecretSources | undefined;
  readonly stderr: RequestContext["stderr"];
  readonly pools: Pools | undefined;

  constructor(
    secretSources: LoadSecretSources | undefined,
    { stderr = writeStderrNow, pools, onBegin }: Surroundings = {},
  ) {
    this.secretSources = secretSources;
    this.stderr = stderr;
    this.pools = pools;
    inHand.add(this);
    onBegin?.(this);
  }

  /** Runs `work` with this request as its context. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return runIn(this, work);
  }

  [Symbol.dispose](): void {
    inHand.delete(this);
    this.deadline[Symbol.dispose]();
    this.progress.close();
    // Work that outlives the request still finds the secrets in its context, so that its output stays scrubbed.
    this.secrets[Symbol.dispose]();
  }
}

/**
 * Fails the request whose work threw an uncaught error, for example in an event of a client library, so that the request
 * is still answered. If the context of the error names no request, all requests in progress fail, since any of them may
 * wait for the work that failed. Returns false if no request is in progress.
 */
export function failUncaught(error: unknown): boolean {
  const context = currentContext();
  if (context instanceof ActiveRequest) {
    if (inHand.has(context)) context.deadline.fail(error);
    else log.warn("uncaught error after the request was answered", { reason: messageOf(error) });
    return true;
  }
  for (const request of inHand) request.deadline.fail(error);
  return inHand.size > 0;
}
