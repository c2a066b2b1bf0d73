import { currentPools, waitFor, type Waiting } from "@nixops4-resources/protocol-core";
import { Places } from "@nixops4-resources/protocol-core/places";
import { KeepingAgent } from "./socket.ts";
import type { Target } from "./target.ts";

/** The connections of one client: its own, or partly those of its process. */
export class ClientAgents implements AsyncDisposable {
  readonly #target: Target;
  readonly #shared = currentPools()?.of(SharedAgents);
  #own: Promise<KeepingAgent> | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * A server may close a connection that nobody uses just when a request is sent on it. A request that only looks is then
   * repeated, so it gets a connection that others have used. Of a write nobody would know whether it took effect, so it gets
   * one of its own client.
   */
  async use<T>(work: (agent: KeepingAgent) => Promise<T>, { writes }: { readonly writes: boolean }): Promise<T> {
    if (this.#shared !== undefined && !writes) return await this.#shared.use(this.#target, work);
    this.#own ??= KeepingAgent.to(this.#target);
    return await work(await this.#own);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    (await this.#own?.catch(() => undefined))?.destroy();
  }
}

/** Connections of one process to a server, for requests that look. */
const mostShared = 8;

/**
 * The agents of a process with many requests, one for each server. Connections are not bound to credentials, which are sent
 * with each request; they are bound to what the server must prove.
 */
class SharedAgents implements AsyncDisposable {
  readonly #agents = new Map<string, Promise<KeepingAgent>>();
  readonly #turns = new Places();

  async use<T>(target: Target, work: (agent: KeepingAgent) => Promise<T>): Promise<T> {
    const key = keyOf(target);
    const wait: Waiting = (request) => waitFor(`one of ${mostShared} connections to ${target.url}`, request);
    using _turn = await this.#turns.take(key, mostShared, wait, free);
    return await work(await this.#agentOf(key, target));
  }

  #agentOf(key: string, target: Target): Promise<KeepingAgent> {
    const agent = this.#agents.get(key) ?? KeepingAgent.to(target);
    this.#agents.set(key, agent);
    // Another request may succeed where this one failed, such as to read the authorities.
    agent.catch(() => this.#agents.delete(key));
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const agents = await Promise.allSettled(this.#agents.values());
    this.#agents.clear();
    for (const result of agents) if (result.status === "fulfilled") result.value.destroy();
  }
}

/** Nothing else limits them. */
const free = async (): Promise<Disposable> => ({ [Symbol.dispose]: () => undefined });

/** Everything that decides which server is reached, and what it must prove. */
const keyOf = ({ url, tls, allowPlaintext, authorize, inputs }: Target): string =>
  JSON.stringify([url, tls, allowPlaintext === true, authorize === undefined, inputs ?? null]);
