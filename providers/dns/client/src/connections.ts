import type { Connection, Endpoint } from "./connection.ts";

/**
 * Open connections that clients use one after the other. They are not bound to keys, since each message has a signature of
 * its own.
 */
export class Connections implements AsyncDisposable {
  readonly #idle = new Map<string, Connection[]>();

  /** An open connection to the server that nobody uses; undefined if there is none. */
  take(endpoint: Endpoint): Connection | undefined {
    const idle = this.#idle.get(keyOf(endpoint));
    for (let connection = idle?.pop(); connection !== undefined; connection = idle?.pop()) {
      if (connection.isOpen) return connection;
    }
    return undefined;
  }

  /** Keeps a connection without an exchange in progress for the next client. */
  give(endpoint: Endpoint, connection: Connection): void {
    if (!connection.isReusable) {
      connection[Symbol.dispose]();
      return;
    }
    const key = keyOf(endpoint);
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    idle.push(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of [...this.#idle.values()].flat()) connection[Symbol.dispose]();
    this.#idle.clear();
  }
}

const keyOf = ({ host, port }: Endpoint): string => JSON.stringify([host, port]);
