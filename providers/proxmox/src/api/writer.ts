import { retry, type ClientRequest } from "@nixops4-resources/protocol-core";
import { HttpWriter, type Answer, type StreamedBody } from "@nixops4-resources/protocol-http";
import * as z from "zod/mini";
import { targetOf, type Connection } from "../connection.ts";
import { isRejected } from "./failure.ts";
import { dataOf, pathWith, ProxmoxReader, type Parameters } from "./reader.ts";
import type { InputNames } from "./rejection.ts";
import { upid } from "./task.ts";
import { nothing } from "./values.ts";

/** Proxmox's API, for writing too. No write has a condition: look just before, under the lock of this machine. */
export class ProxmoxWriter extends ProxmoxReader {
  readonly #http: HttpWriter;

  constructor(connection: Connection, request: ClientRequest) {
    const http = new HttpWriter(targetOf(connection), request);
    super(connection, request, http);
    this.#http = http;
  }

  /** Sends a write without an answer. `names` are our inputs by Proxmox's parameters, for messages. */
  async change(method: "POST" | "PUT", path: string, parameters: Parameters, names?: InputNames): Promise<void> {
    await this.call(method, path, parameters, nothing, names);
  }

  /** The same, and returns the answer. */
  async call<T>(
    method: "POST" | "PUT",
    path: string,
    parameters: Parameters,
    shape: z.ZodMiniType<T>,
    names?: InputNames,
  ): Promise<T> {
    return await this.#write(() => this.#http.write(method, pathWith(path, {}), parameters), shape, names);
  }

  /** Parameters go into the query: Proxmox refuses a DELETE with a body. */
  async remove(path: string, parameters: Parameters = {}): Promise<void> {
    await this.#write(() => this.#http.write("DELETE", pathWith(path, parameters)), nothing);
  }

  /** A DELETE that a task does: its id, or null if it was done at once. */
  async removeByTask(path: string): Promise<string | null> {
    return await this.#write(() => this.#http.write("DELETE", pathWith(path, {})), z.nullable(upid));
  }

  /** Sends a form while it is read. It is not sent again: the server may have taken it. */
  async upload<T>(path: string, body: StreamedBody, shape: z.ZodMiniType<T>): Promise<T> {
    return dataOf(await this.#http.upload(pathWith(path, {}), body), shape);
  }

  /** Writes wait for the lock of the cluster's configuration. One that did not get it has changed nothing. */
  async #write<T>(send: () => Promise<Answer>, shape: z.ZodMiniType<T>, names?: InputNames): Promise<T> {
    return await retry(async () => dataOf(await send(), shape, names), { isSafe: isLockTimeout });
  }
}

/** Source: PVE::Cluster::cfs_lock of pve-cluster. */
const isLockTimeout = (error: unknown): boolean =>
  isRejected(error) && /cfs-lock '[\w.-]+' error: got lock request timeout/.test(error.words);

export const connectWriter = async (connection: Connection, request: ClientRequest): Promise<ProxmoxWriter> =>
  new ProxmoxWriter(connection, request);
