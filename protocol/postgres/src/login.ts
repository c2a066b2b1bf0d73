import { ProviderError, resolveSecret, retry, type Connecting, type Secret } from "@nixops4-resources/protocol-core";
import type { Client } from "pg";
import { addressOf, type Connection } from "./connection.ts";
import type { ErrorCode } from "./errors.ts";
import { explainPostgresError, sqlStateOf } from "./failure.ts";
import { tlsOptions } from "./tls.ts";

const connectTimeoutMs = 10_000;
/** Idle time after which one end checks whether the other still exists. */
const keepAliveSeconds = 60;

/** Parameters of one connection to one database. */
export interface Login extends Connecting {
  readonly connection: Connection;
  readonly database: string;
  readonly user: string;
  /** Null if the server does not ask for one. */
  readonly password: Secret | null;
  readonly access: "read" | "write";
  /** Options of a session that outlives a request. */
  readonly session?: SessionOptions;
}

export interface SessionOptions {
  /** Name in the server's log and in pg_stat_activity. */
  readonly application?: string;
  /** Whether both ends probe an idle connection, so that each notices when the other is gone. */
  readonly keepAlive?: boolean;
  /** Settings of the server, such as `idle_session_timeout`, for this session. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** Parameters to log in as `connection.user`. Throws `secret.*` if the password cannot be read. */
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

/** Facts that the server reports at every login. */
export interface ServerFacts {
  readonly majorVersion: number;
  /** Whether the account is superuser. */
  readonly isSuperuser: boolean;
}

/**
 * Logs in. Retries for a while if the server has too many connections or is starting; throws on every other failure.
 */
export function logIn(login: Login): Promise<{ client: Client; facts: ServerFacts }> {
  return retry(() => logInOnce(login), {
    isSafe: (error) => ["53300", "57P03"].includes(sqlStateOf(error) ?? ""),
    tries: 9,
  });
}

async function logInOnce(login: Login): Promise<{ client: Client; facts: ServerFacts }> {
  const client = await makeClient(login, async () => {
    if (login.password === null) throw passwordMissing(login);
    return login.password.revealText();
  });
  const parameters = new Map<string, string>();
  client.connection.on("parameterStatus", ({ parameterName, parameterValue }: ParameterStatus) =>
    parameters.set(parameterName, parameterValue),
  );
  // Without a listener, the event would end the process. A waiting query is rejected with the same error.
  client.on("error", () => undefined);
  const close = (): void => void client.connection.stream.destroy();
  login.signal.addEventListener("abort", close, { once: true });
  try {
    login.signal.throwIfAborted();
    await client.connect();
  } catch (error) {
    login.signal.removeEventListener("abort", close);
    close();
    throw explainPostgresError(error, login.connection);
  }
  client.once("end", () => login.signal.removeEventListener("abort", close));
  return {
    client,
    facts: {
      majorVersion: Number.parseInt(parameters.get("server_version") ?? "", 10),
      isSuperuser: parameters.get("is_superuser") === "on",
    },
  };
}

/** https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-ASYNC */
interface ParameterStatus {
  parameterName: string;
  parameterValue: string;
}

/** Creates an unconnected client. Sets every option, since pg reads missing ones from PG... environment variables. */
export async function makeClient(login: Login, password: () => Promise<string>): Promise<Client> {
  const { connection, database, user, session = {} } = login;
  const ssl = await tlsOptions(connection);
  // Loaded with the first connection, since it is the largest part of the start-up time.
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
    // A role with CREATE on a schema of the path could shadow functions of PostgreSQL.
    search_path: "",
    statement_timeout: milliseconds,
    // Shorter than statement_timeout, so that the error names the lock.
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

function passwordMissing({ connection, user }: Login): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`${addressOf(connection)} asks for the password of ${user}, but none is given`, {
    code: "postgres.login.refused",
    hint: "Set `connection.password` to a reference to the password",
  });
}
