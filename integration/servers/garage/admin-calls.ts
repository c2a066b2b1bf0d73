import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** Calls of Garage's admin API past the provider. https://garagehq.deuxfleurs.fr/api/garage-admin-v2.html */
export class AdminCalls {
  readonly #port: number;
  readonly #token: string;

  constructor(port: number, token: string) {
    this.#port = port;
    this.#token = token;
  }

  async get(path: string): Promise<unknown> {
    return await this.call("GET", path);
  }

  async post(path: string, body: unknown = {}): Promise<unknown> {
    return await this.call("POST", path, body);
  }

  /** The answer as it was sent. */
  async text(path: string): Promise<string> {
    return (await this.#send("GET", path)).words;
  }

  /** The answer; throws the server's words if the status is no success. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { words, isJson } = await this.#send(method, path, body);
    return isJson ? JSON.parse(words) : words;
  }

  async #send(method: string, path: string, body?: unknown): Promise<{ words: string; isJson: boolean }> {
    const headers = { Authorization: `Bearer ${this.#token}` };
    const sent = request({ host: "127.0.0.1", port: this.#port, method, path, headers, agent: false });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer]: IncomingMessage[] = await once(sent, "response");
    if (answer === undefined) throw new TypeError("A response without a message");
    const words = await text(answer);
    if ((answer.statusCode ?? 500) >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${words}`);
    return { words, isJson: answer.headers["content-type"]?.includes("json") === true };
  }
}
