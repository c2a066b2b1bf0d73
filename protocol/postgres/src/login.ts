import {
  codeOf,
  outsideRequests,
  ProviderError,
  resolveSecret,
  retry,
  waitFor,
  type Connecting,
  type Secret,
} from "@nixops4-resources/protocol-core";
import { OwnTime } from "@nixops4-resources/protocol-core/own-time";
import type { Client } from "pg";
import { acceptedMethods, guardAuthentication, methodRefused } from "./authentication.ts";
import { addressOf, type Connection } from "./connection.ts";
import type { ErrorCode } from "./errors.ts";
import { explainPostgresError, sqlStateOf, standbyFailure } from "./failure.ts";
import { tlsOptions } from "./tls.ts";

/** Idle time after which one end checks whether the other still exists. */
const keepAliveSeconds = 60;

/** Duration of one attempt to log in. A server that needs longer is asked again, until the request's time is over. */
const longestAttemptSeconds = 10;

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

/** A connection to one database, after the login. */
export interface LoggedIn {
  readonly client: Client;
  readonly facts: ServerFacts;
  /** Whether the connection has been verified not to go through a pooler. */
  isDirect: boolean;
}

/** Facts that the server reports at every login. */
export interface ServerFacts {
  readonly majorVersion: number;
  /** Whether the account is superuser. */
  readonly isSuperuser: boolean;
}

/**
 * Logs in. Retries until the request's time is over if the server does not answer, and for half of that time if it has too
 * many connections or is starting. Throws on every other failure.
 */
export async function logIn(login: Login, attemptSeconds = longestAttemptSeconds): Promise<LoggedIn> {
  const started = performance.now();
  const isPatient = (): boolean => performance.now() - started < login.timeoutSeconds * 500;
  const unanswered: OwnTime[] = [];
  for (;;) {
    const retrying = (): Promise<LoggedIn | OwnTime> =>
      retry(() => logInOnce(login, attemptSeconds), {
        isSafe: (error) => isBusy(error) && isPatient(),
        tries: Infinity,
      });
    const result = await waitFor(whatFor(login, unanswered), retrying);
    if ("client" in result) return result;
    unanswered.push(result);
  }
}

/** Too many connections, a server that is starting, and a socket whose queue is full. */
const isBusy = (error: unknown): boolean =>
  ["53300", "57P03"].includes(sqlStateOf(error) ?? "") ||
  (error instanceof ProviderError && ["EAGAIN", "ETIMEDOUT"].includes(codeOf(error.cause)));

/** Completes "still waiting for", and says why the earlier attempts may have failed. */
function whatFor({ connection }: Login, unanswered: readonly OwnTime[]): string {
  const what = `an answer of PostgreSQL at ${addressOf(connection)}`;
  if (unanswered.length === 0) return what;
  const lost = unanswered.reduce((sum, { lostSeconds }) => sum + lostSeconds, 0);
  const reason =
    lost > unanswered.length
      ? `this machine is short of CPU: this process did not run for ${Math.round(lost)} s`
      : "see that the host is up and not overloaded, and that no firewall drops the connection";
  return `${what} (attempt ${unanswered.length + 1}; ${reason})`;
}

/** Returns the attempt if the server did not answer in its time. */
async function logInOnce(login: Login, seconds: number): Promise<LoggedIn | OwnTime> {
  const { connection } = login;
  const client = await makeClient(login, async () => {
    if (login.password === null) throw passwordMissing(login);
    return login.password.revealText();
  });
  guardAuthentication(client, acceptedMethods(connection), (method) => methodRefused(connection, method));
  const parameters = new Map<string, string>();
  client.connection.on("parameterStatus", ({ parameterName, parameterValue }: ParameterStatus) =>
    parameters.set(parameterName, parameterValue),
  );
  // Without a listener, the event would end the process. A waiting query is rejected with the same error.
  client.on("error", () => undefined);
  const close = (): void => void client.connection.stream.destroy();
  login.signal.addEventListener("abort", close, { once: true });
  using attempt = new OwnTime({ seconds }, close);
  try {
    login.signal.throwIfAborted();
    // Other requests may use the connection later, so its events belong to none.
    await outsideRequests(() => client.connect());
    if (parameters.get("in_hot_standby") === "on") throw standbyFailure(connection);
  } catch (error) {
    close();
    if (attempt.isOver && !login.signal.aborted) return attempt;
    throw explainPostgresError(error, connection);
  } finally {
    login.signal.removeEventListener("abort", close);
  }
  return {
    isDirect: false,
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
    // `logIn` limits each attempt itself.
    connectionTimeoutMillis: 0,
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
    // A look after a lock must see what the previous holder of the lock wrote, whatever the role's own settings say.
    default_transaction_isolation: "read committed",
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
