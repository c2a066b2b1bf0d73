import {
  httpWire,
  isHttpWrite,
  type Backend,
  type Endpoint,
  type Message,
  type NetworkAccess,
} from "@nixops4-resources/protocol-core/testing";
import * as z from "zod/mini";
import type { NotesServer } from "./server.ts";

const dump = z.record(z.string(), z.unknown());

/** The server as the contract needs to see it: everything past the provider. */
export class NotesBackend implements Backend {
  readonly access: NetworkAccess;
  readonly connection: Message;
  readonly broken: Backend["broken"];
  readonly canaries: readonly string[];
  readonly withFile: NonNullable<Backend["withFile"]>;
  readonly #server: NotesServer;

  constructor(server: NotesServer) {
    this.#server = server;
    this.canaries = [server.token];
    const { port, tokenFile } = server;
    const at = (endpoint: Endpoint): Message => ({
      url: `http://${endpoint.host}:${endpoint.port}`,
      token: { file: tokenFile },
    });
    const endpoint = { host: "127.0.0.1", port };
    this.connection = at(endpoint);
    const wrongPath = { ...this.connection, url: `http://127.0.0.1:${port}/elsewhere` };
    this.access = { kind: "network", endpoint, at, wire: httpWire, isWrite: isHttpWrite, wrongPath };
    this.withFile = {
      "connection.tls.caFile": (caFile) => ({ ...this.connection, url: `https://127.0.0.1:${port}`, tls: { caFile } }),
    };
    this.broken = {
      "a port where nothing listens": at({ host: "127.0.0.1", port: 1 }),
      "another token": { ...this.connection, token: { command: ["echo", "another-token"] } },
      "TLS where the server has none": { ...this.connection, url: `https://127.0.0.1:${port}` },
    };
  }

  /** A call of the API, past the provider. */
  async call(method: string, path: string, body?: unknown): Promise<void> {
    await this.#server.call(method, path, body);
  }

  /** The connection to a read-only copy of this server. */
  standbyAt(port: number): Message {
    return { ...this.connection, url: `http://127.0.0.1:${port}` };
  }

  async reset(): Promise<void> {
    for (const name of Object.keys(await this.#notes())) await this.call("DELETE", `/notes/${name}`);
  }

  /** Requests that changed something, by the server's log. */
  async writes(): Promise<unknown> {
    return (await this.log()).split("\n").filter((line) => /^(PUT|PATCH|DELETE) .* 2\d\d$/.test(line)).length;
  }

  /** Every note, its password too. */
  async snapshot(): Promise<unknown> {
    return await this.#notes();
  }

  async log(): Promise<string> {
    return await this.#server.log();
  }

  async #notes(): Promise<z.output<typeof dump>> {
    return dump.parse(await this.#server.call("GET", "/dump"));
  }

  /** The server belongs to the suite. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.reset();
  }
}
