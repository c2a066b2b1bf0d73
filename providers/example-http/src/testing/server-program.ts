// A small server of notes in a process of its own: `node server-program.ts CONFIGURATION`. A provider of a real service
// starts that service instead. It keeps notes in memory and writes one line per request to stderr, without bodies.
import { readFileSync, writeSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { ServerConfiguration } from "./server.ts";

interface Note {
  text: string;
  description: string | null;
  password: string | null;
  version: number;
}

const notes = new Map<string, Note>();
let lastVersion = 0;

const configuration: ServerConfiguration = JSON.parse(process.argv[2] ?? "{}");
const { port, tokenFile, certificates, isReplica } = configuration;
const token = readFileSync(tokenFile, "utf8").trim();
const server =
  certificates === null
    ? createHttp(receive)
    : createHttps(
        { cert: readFileSync(certificates.serverCertificateFile), key: readFileSync(certificates.serverKeyFile) },
        receive,
      );
server.listen(port, "127.0.0.1");

function receive(request: IncomingMessage, response: ServerResponse): void {
  let body = "";
  request
    .setEncoding("utf8")
    .on("data", (piece: string) => (body += piece))
    .on("end", () => {
      const { status, content, version } = answer(request, body === "" ? undefined : JSON.parse(body));
      // Before the answer, so that whoever has the answer finds the line.
      writeSync(2, `${request.method} ${request.url} ${status}\n`);
      const role = isReplica ? "replica" : "primary";
      const headers = {
        "Content-Type": "application/json",
        "Server-Role": role,
        ...(version !== undefined && { ETag: `"${version}"` }),
      };
      if (content === undefined) response.writeHead(status, headers).end();
      else response.writeHead(status, headers).end(JSON.stringify(content));
    });
}

interface Result {
  status: number;
  content?: unknown;
  version?: number;
}

function answer(request: IncomingMessage, body: unknown): Result {
  if (request.headers.authorization !== `Bearer ${token}`) return problem(401, "token.wrong", "the token is wrong");
  const [root, name, verb, ...rest] = (request.url ?? "").split("/").slice(1);
  if (isReplica && !["GET", "POST"].includes(request.method ?? "")) {
    return problem(403, "server.readonly", "this is a read-only copy");
  }
  if (root === "dump") return { status: 200, content: dump() };
  if (root !== "notes" || rest.length > 0) return problem(404, "path.unknown", "the API has no such path");
  if (name === undefined) return { status: 200, content: [...notes].map(([key, note]) => shown(key, note)) };
  const note = notes.get(name);
  if (request.method === "PUT") return put(request, name, note, body);
  if (note === undefined) return problem(404, "note.missing", `there is no note ${name}`);
  if (verb === "check")
    return { status: 200, content: { matches: isObject(body) && body["password"] === note.password } };
  if (request.method === "GET") return { status: 200, content: shown(name, note), version: note.version };
  const expected = request.headers["if-match"] ?? `"${note.version}"`;
  if (expected !== `"${note.version}"`) return problem(412, "note.changed", "the note has another version");
  if (request.method === "PATCH") return store(name, note, body);
  if (request.method !== "DELETE") return problem(405, "method.unknown", "the API has no such method");
  notes.delete(name);
  return { status: 204 };
}

/** For tests: what no client may see. Versions are left out, since they differ between two equal runs. */
const dump = (): object =>
  Object.fromEntries([...notes].map(([name, note]) => [name, { ...note, version: undefined }]));

function put(request: IncomingMessage, name: string, note: Note | undefined, body: unknown): Result {
  if (request.headers["if-none-match"] === "*" && note !== undefined) {
    return problem(412, "note.exists", `there is a note ${name}`);
  }
  return store(name, { text: "", description: null, password: null, version: 0 }, body);
}

function store(name: string, before: Note, body: unknown): Result {
  const note = { ...before, ...(isObject(body) ? body : {}), version: ++lastVersion };
  notes.set(name, note);
  return { status: 200, content: shown(name, note), version: note.version };
}

const shown = (name: string, { text, description, password }: Note): object => ({
  name,
  text,
  description,
  hasPassword: password !== null,
  sizeBytes: Buffer.byteLength(text),
});

const problem = (status: number, code: string, message: string): Result => ({ status, content: { code, message } });

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
