import {
  AlreadyExists,
  MarkChanged,
  ProviderError,
  type Connecting,
  type Secret,
} from "@nixops4-resources/protocol-core";
import { HttpReader, HttpWriter, path, type Answer, type ConditionalHeaders } from "@nixops4-resources/protocol-http";
import * as z from "zod/mini";
import { targetOf, type Connection } from "./connection.ts";
import type { ErrorCode } from "./errors.ts";

/** A note as the API shows it. */
const apiNote = z.object({
  name: z.string(),
  text: z.string(),
  /** Free text of its owner; our mark is a line of it. */
  description: z.nullable(z.string()),
  hasPassword: z.boolean(),
  sizeBytes: z.number(),
});
export type ApiNote = z.output<typeof apiNote>;

/** Fields to write; a field that is left out keeps its value. */
export interface NoteFields {
  readonly text?: string;
  readonly description?: string | null;
  readonly password?: string | null;
}

/** A note as the last look or write of this client saw it. */
interface Seen {
  readonly note: ApiNote;
  readonly version: string | undefined;
}

/** The server, for looking only. It remembers each note that it saw, which a write must then find unchanged. */
export class NotesReader implements AsyncDisposable {
  readonly #http: HttpReader;
  readonly #seen = new Map<string, Seen>();

  constructor(http: HttpReader) {
    this.#http = http;
  }

  /** Address of a note, for its readers. */
  urlOf(name: string): string {
    return `${this.#http.url.replace(/\/$/, "")}${pathOf(name)}`;
  }

  /** Undefined only if the API itself reports that the note does not exist. */
  async find(name: string): Promise<ApiNote | undefined> {
    const answer = ofPrimary(await this.#http.get(pathOf(name)));
    if (isMissing(answer)) return undefined;
    return this.remember(name, answer);
  }

  async all(): Promise<ApiNote[]> {
    return ofPrimary(await this.#http.get("/notes"))
      .accepted()
      .as(z.array(apiNote));
  }

  /** Whether the note has this password. A query, though it is a POST: it changes nothing. */
  async hasPassword(name: string, password: Secret): Promise<boolean> {
    const answer = await this.#http.query(`${pathOf(name)}/check`, { password: password.revealText() });
    return answer.accepted().as(z.object({ matches: z.boolean() })).matches;
  }

  /** The note that a write is about to change. */
  seen(name: string): Seen {
    const seen = this.#seen.get(name);
    if (seen === undefined) throw new TypeError(`Nobody looked at note ${name} before writing it`);
    return seen;
  }

  protected remember(name: string, answer: Answer): ApiNote {
    const note = answer.accepted().as(apiNote);
    this.#seen.set(name, { note, version: answer.etag });
    return note;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
  }
}

/** The same server, for writing too. Every write carries its condition, so that it proves the look before it. */
export class NotesWriter extends NotesReader {
  readonly #http: HttpWriter;

  constructor(http: HttpWriter) {
    super(http);
    this.#http = http;
  }

  /** Creates the note with all its fields, the mark included, or not at all. Throws AlreadyExists if the name is taken. */
  async create(name: string, fields: Required<NoteFields>): Promise<void> {
    const answer = await this.#http.write("PUT", pathOf(name), fields, { ifAbsent: true });
    if (answer.status === 412) throw new AlreadyExists(name);
    this.remember(name, answer);
  }

  /** Throws MarkChanged if the note is not as it was seen, or is gone: then `converge` looks again. */
  async change(name: string, fields: NoteFields): Promise<void> {
    const answer = await this.#http.write("PATCH", pathOf(name), fields, this.#unchanged(name));
    if (answer.status === 412 || isMissing(answer)) throw new MarkChanged();
    this.remember(name, answer);
  }

  /** Succeeds if the note no longer exists; throws MarkChanged if it is not as it was seen. */
  async remove(name: string): Promise<void> {
    const answer = await this.#http.write("DELETE", pathOf(name), undefined, this.#unchanged(name));
    if (answer.status === 412) throw new MarkChanged();
    if (!isMissing(answer)) answer.accepted();
  }

  /** The condition of a write: the note is still as it was seen. */
  #unchanged(name: string): ConditionalHeaders {
    const { version } = this.seen(name);
    if (version === undefined) throw new TypeError(`The server gives no version of note ${name}`);
    return { ifMatch: version };
  }
}

export const connectReader = async (connection: Connection, request: Connecting): Promise<NotesReader> =>
  new NotesReader(new HttpReader(targetOf(connection), request));

export const connectWriter = async (connection: Connection, request: Connecting): Promise<NotesWriter> =>
  new NotesWriter(new HttpWriter(targetOf(connection), request));

const pathOf = (name: string): string => path`/notes/${name}`;

/** A proxy in between, or a wrong base URL, answers 404 too: only the API's own code means that the note is missing. */
function isMissing(answer: Answer): boolean {
  const content = answer.status === 404 ? answer.tryJson() : undefined;
  return typeof content === "object" && content !== null && "code" in content && content.code === "note.missing";
}

/** A read-only copy may lag behind its primary server, so that nothing counts as missing there. */
function ofPrimary(answer: Answer): Answer {
  if (answer.headers["server-role"] !== "replica") return answer;
  throw new ProviderError<ErrorCode>(`${answer.asked.url} is a read-only copy of another server`, {
    code: "example_http.server.replica",
    hint: "Set `connection.url` to the server that accepts writes",
  });
}
