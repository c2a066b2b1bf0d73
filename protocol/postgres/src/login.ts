import { ProviderError, resolveSecret, retry, type Connecting, type Secret } from "@nixops4-resources/protocol-core";
import type { Client } from "pg";
import { addressOf, type Connection } from "./connection.ts";
import type { ErrorCode } from "./errors.ts";
import { explain, sqlStateOf } from "./failure.ts";
import { tlsOptions } from "./tls.ts";

const connectTimeoutMs = 10_000;
/** How long nothing must have been said before one end asks whether the other is still there. */
const keepAliveSeconds = 60;

/** Everything that one connection to one database needs. */
export interface Login extends Connecting {
  readonly connection: Connection;
  readonly database: string;
  readonly user: string;
  /** Null where the server is to ask for none. */
  readonly password: Secret | null;
  readonly access: "read" | "write";
  /** What sets a session apart that lives longer than a request. */
  readonly session?: SessionOptions;
}

export interface SessionOptions {
  /** What the server's log and pg_stat_activity call it. */
  readonly application?: string;
  /** Whether a connection on which nothing is said is watched from both ends, so that either hears of the other's end. */
  readonly keepAlive?: boolean;
  /** Settings of the server, such as `idle_session_timeout`, for this session. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** How we log in to a database as ourselves. Throws `secret.*` where the password cannot be read. */
export async function ownLogin(
  connection: Connection,
  database: string,
  access: Login["access"],
  request: Connecting,
): Promise<Login> {
  const { user, password } = connection;
  return {
    connection,
    database,
    user,
    password: password === null ? null : await resolveSecret(password, `the password of ${user}`),
    access,
    ...request,
  };
}

/** What the server tells at every login, unasked. */
export interface ServerFacts {
  readonly majorVersion: number;
  /** Whether we are superuser. */
  readonly isSuperuser: boolean;
}

/**
 * Logs in. A server that has too many connections or is just starting is asked again for a while; every other failure is
 * a ProviderError at once.
 */
export function logIn(login: Login): Promise<{ client: Client; facts: ServerFacts }> {
  return retry(() => logInOnce(login), {
    isSafe: (error) => ["53300", "57P03"].includes(sqlStateOf(error) ?? ""),
    tries: 9,
  });
}

async function logInOnce(login: Login): Promise<{ client: Client; facts: ServerFacts }> {
  const client = await makeClient(login, async () => {
    if (login.password === null) throw passwordWanted(login);
    return login.password.reveal();
  });
  const told = new Map<string, string>();
  client.connection.on("parameterStatus", ({ parameterName, parameterValue }: ParameterStatus) =>
    told.set(parameterName, parameterValue),
  );
  // Without a listener it would end the process; whoever waits for an answer hears of it too.
  client.on("error", () => undefined);
  const close = (): void => void client.connection.stream.destroy();
  login.signal.addEventListener("abort", close, { once: true });
  try {
    login.signal.throwIfAborted();
    await client.connect();
  } catch (error) {
    login.signal.removeEventListener("abort", close);
    close();
    throw explain(error, login.connection);
  }
  client.once("end", () => login.signal.removeEventListener("abort", close));
  return {
    client,
    facts: {
      majorVersion: Number.parseInt(told.get("server_version") ?? "", 10),
      isSuperuser: told.get("is_superuser") === "on",
    },
  };
}

/** https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-ASYNC */
interface ParameterStatus {
  parameterName: string;
  parameterValue: string;
}

/** A client that is not connected yet. Every value is given, since pg fills gaps from PG... variables of the environment. */
export async function makeClient(login: Login, password: () => Promise<string>): Promise<Client> {
  const { connection, database, user, session = {} } = login;
  const ssl = await tlsOptions(connection);
  // The largest part of a start: nothing before the first connection pays for it.
  const { default: Client } = await import("pg/lib/client.js");
  return new Client({
    host: connection.host,
    port: connection.port,
    database,
    user,
    password,
    ssl,
    sslnegotiation: "postgres",
    application_name: session.application ?? "nixops4-resources",
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: session.keepAlive ?? false,
    keepAliveInitialDelayMillis: keepAliveSeconds * 1000,
    options: serverOptions(login),
  });
}

function serverOptions({ access, timeoutSeconds, session = {} }: Login): string {
  const milliseconds = timeoutSeconds * 1000;
  const settings = {
    client_encoding: "UTF8",
    // Whoever may create in a schema of the path could put an own function before PostgreSQL's.
    search_path: "",
    statement_timeout: milliseconds,
    // Shorter, so that the error is about the lock.
    lock_timeout: Math.ceil(milliseconds / 2),
    default_transaction_read_only: access === "read" ? "on" : "off",
    ...(session.keepAlive === true && { tcp_keepalives_idle: keepAliveSeconds }),
    ...session.settings,
  };
  return (
    Object.entries(settings)
      // https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNECT-OPTIONS
      .map(([name, value]) => `-c ${name}=${String(value).replaceAll(/[\\ ]/g, "\\$&")}`)
      .join(" ")
  );
}

function passwordWanted({ connection, user }: Login): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`${addressOf(connection)} asks for the password of ${user}, and none is given`, {
    code: "postgres.login.refused",
    hint: "Let `connection.password` refer to the password",
  });
}
