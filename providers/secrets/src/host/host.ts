import { readMark, type ClientRequest, type Mark } from "@nixops4-resources/protocol-core";
import type { Connection } from "../connection.ts";
import { attributesIn, type Attributes } from "./file-attributes.ts";
import { explainEnd, explainRefusal } from "./failure.ts";
import { HostSession, SessionEnded } from "./session.ts";
import { localCommand, sshCommand } from "../ssh/command.ts";

/** A file on the host, and the registry's entry for its path. */
export interface FoundFile {
  /** Undefined if the path has no mark. */
  mark: Mark | undefined;
  /** Whether a restart of units is still due. */
  owesRestart: boolean;
  /** Undefined if the file is missing: the host was restarted, or a shell was killed. */
  attributes: Attributes | undefined;
  /** Key of the host's fingerprints; undefined before the first file. */
  fingerprintKey: string | undefined;
}

/** Reads from one host. Connects on the first request. */
export class HostReader implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #request: ClientRequest;
  readonly #running = new DisposableStack();
  #session: Promise<HostSession> | undefined;

  constructor(connection: Connection, request: ClientRequest) {
    this.#connection = connection;
    this.#request = request;
  }

  /** False if the file is only to be destroyed: its secret may already be gone. */
  get needsContent(): boolean {
    return this.#request.needsSecrets;
  }

  /** Undefined if there is neither a file nor a mark. */
  async look(path: string): Promise<FoundFile | undefined> {
    const said = await this.ask("look", [...this.registered(path), ...placed(path), this.sweeps ? "yes" : ""]);
    const saying = (word: string): string | undefined =>
      said.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
    const [markText, names, numbers] = [saying("mark"), saying("names"), saying("numbers")];
    if (markText === undefined && names === undefined) return undefined;
    return {
      mark: readMark(markText),
      owesRestart: said.includes("owed"),
      attributes: names === undefined || numbers === undefined ? undefined : attributesIn(names, numbers),
      fingerprintKey: saying("key"),
    };
  }

  /** Whether the file has exactly this content. The host compares, and reports only the result. */
  async holds(path: string, content: Buffer): Promise<boolean> {
    return (await this.ask("compare", [path, String(content.length)], content)).includes("same");
  }

  /** Every path with a mark. */
  async list(): Promise<{ path: string; mark: Mark }[]> {
    const said = await this.ask("list", this.registry);
    return said.flatMap((line) => {
      const [, entry = "", text] = /^entry (\S+) (.*)$/.exec(line) ?? [];
      const mark = readMark(text);
      return mark === undefined ? [] : [{ path: entry.replaceAll(":", "/"), mark }];
    });
  }

  /** Whether to remove drafts of killed shells. */
  protected get sweeps(): boolean {
    return false;
  }

  protected get registry(): string[] {
    const { registry } = this.#connection;
    return [registry, [...foldersAbove(registry), registry].join(" ")];
  }

  /** The registry's entry for a path: the path with colons for slashes. No path contains a colon. */
  protected registered(path: string): string[] {
    return [...this.registry, path.replaceAll("/", ":")];
  }

  protected async ask(verb: string, settings: readonly string[], content?: Buffer): Promise<string[]> {
    try {
      this.#session ??= this.#open();
      const said = await (await this.#session).ask(verb, settings, content);
      const [first = ""] = said;
      if (first.startsWith("failed ")) throw explainRefusal(first);
      return said;
    } catch (error) {
      throw error instanceof SessionEnded ? explainEnd(error, this.#connection.ssh) : error;
    }
  }

  async #open(): Promise<HostSession> {
    const { ssh } = this.#connection;
    const { signal } = this.#request;
    if (ssh === null) return this.#running.use(await HostSession.open(localCommand(), signal));
    let agent: string | null = null;
    if (ssh.identity !== null) {
      const { startAgent } = await import("../ssh/agent.ts");
      agent = this.#running.use(await startAgent(ssh.identity, signal)).socket;
    }
    return this.#running.use(await HostSession.open(sshCommand(ssh, agent), signal));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running.dispose();
  }
}

/** The folders above a path, and the name of the file. */
export const placed = (path: string): string[] => [foldersAbove(path).join(" "), path.slice(path.lastIndexOf("/") + 1)];

/** From `/` downwards. */
function foldersAbove(path: string): string[] {
  const names = path.split("/").slice(1, -1);
  return ["/", ...names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`)];
}
