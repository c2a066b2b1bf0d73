import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@nixops4-resources/integration-servers/process/free-port";
import { startGuarded } from "@nixops4-resources/integration-servers/process/guarded-process";
import { isListening } from "@nixops4-resources/integration-servers/process/is-listening";
import { makeCertificates, type Certificates } from "@nixops4-resources/integration-servers/tls/certificates";

/** What the server's process is told. */
export interface ServerConfiguration {
  readonly port: number;
  readonly tokenFile: string;
  readonly certificates: Certificates | null;
  /** Whether it is a read-only copy of another server, which it never catches up with. */
  readonly isReplica: boolean;
}

/** A running server of notes. */
export interface NotesServer extends AsyncDisposable, ServerConfiguration {
  readonly token: string;
  /** What it has logged so far: one line per request. */
  log(): Promise<string>;
  /** A call of the API past the provider; not over TLS. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** Each starts a server on a free port of 127.0.0.1, in a process that ends with ours. */
export const startServer = (): Promise<NotesServer> => start({});
export const startTlsServer = (): Promise<NotesServer> => start({ tls: true });
/** A read-only copy of the server, with the same token. */
export const startReplica = ({ token }: NotesServer): Promise<NotesServer> => start({ token, isReplica: true });

interface Options {
  tls?: boolean;
  isReplica?: boolean;
  token?: string;
}

async function start({
  tls = false,
  isReplica = false,
  token = `token-${randomBytes(12).toString("hex")}`,
}: Options): Promise<NotesServer> {
  const folder = await mkdtemp(join(tmpdir(), "nixops4-notes-"));
  const [tokenFile, logFile] = [join(folder, "token"), join(folder, "log")];
  await writeFile(tokenFile, token, { mode: 0o600 });
  const certificates = tls ? await makeCertificates(folder, "client") : null;
  const configuration: ServerConfiguration = { port: await freePort(), tokenFile, certificates, isReplica };
  const { port } = configuration;
  const guarded = startGuarded({
    command: [process.execPath, join(import.meta.dirname, "server-program.ts"), JSON.stringify(configuration)],
    // As ourselves: another account may be unable to read the sources.
    account: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    folder,
    stopSignal: "TERM",
    logFile,
  });
  await guarded.waitUntil(() => isListening(port));
  return {
    ...configuration,
    token,
    log: async () => await readFile(logFile, "utf8"),
    call: async (method, path, body) => await call({ port, token }, method, path, body),
    [Symbol.asyncDispose]: async () => await guarded[Symbol.asyncDispose](),
  };
}

async function call(
  { port, token }: { port: number; token: string },
  method: string,
  path: string,
  body: unknown,
): Promise<unknown> {
  const text = await new Promise<string>((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (answer) => {
      let received = "";
      answer
        .setEncoding("utf8")
        .on("data", (piece: string) => (received += piece))
        .on("end", () => resolve(received));
    })
      .on("error", reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
  return text === "" ? undefined : JSON.parse(text);
}
