import { ProviderError, retry, type SecretRef } from "@nixops4-resources/protocol-core";
import type { Answer, ErrorCode as HttpErrorCode, Headers, LogIn, Target } from "@nixops4-resources/protocol-http";
import { passwordOf, type Connection } from "../connection.ts";
import type { ErrorCode } from "../errors.ts";
import { failure } from "../failure.ts";
import { apiToken } from "./shapes.ts";

/** lldap computes for each login, so that more of them at once only exceed its time limits. */
const places = 8;

/** The web server as a target. It logs in before the first request, and once more if the token has expired. */
export const targetOf = (connection: Connection): Target => ({
  url: connection.url,
  tls: connection.tls,
  allowPlaintext: connection.allowPlaintext,
  inputs: { credential: "connection.password" },
  authorize: (ask) => logIn(connection, ask),
  renews: true,
  places,
});

/**
 * Nobody logs out: that would end every other login of the account.
 * https://github.com/lldap/lldap/blob/main/docs/scripting.md
 */
async function logIn(connection: Connection, ask: LogIn): Promise<Headers> {
  const { username } = connection;
  const password = await passwordOf(connection);
  const once = async (): Promise<Answer> => {
    const answer = await ask("/auth/simple/login", { username, password });
    if (answer.status === 401) throw refused(connection);
    if (answer.status === 404) throw notLldap(connection, answer.status);
    return answer.accepted();
  };
  const { token } = (await retry(once, { isSafe: hasFailed, tries: 4 })).as(apiToken);
  return { Authorization: `Bearer ${token}` };
}

/** A busy database is an error of the server, and a login changes nothing. */
const hasFailed = (error: unknown): boolean =>
  error instanceof ProviderError && error.code === ("http.server.failed" satisfies HttpErrorCode);

const refused = ({ url, username, password }: Connection): ProviderError<ErrorCode> =>
  failure(
    `${url} does not accept the password of ${username} from ${inWords(password)}`,
    "lldap.login.refused",
    "Store the account's present password there. If it is lost, start lldap once with `force_ldap_user_pass_reset = true`",
  );

export const notLldap = ({ url }: Connection, status: number): ProviderError<ErrorCode> =>
  failure(
    `${url} is not lldap's web server: it answers with status ${status}`,
    "lldap.api.unexpected",
    "Set `connection.url` to the address of lldap's web server, whose usual port is 17170",
  );

/** `the file /run/secrets/admin`. Other kinds of references have several fields. */
function inWords(ref: SecretRef): string {
  if ("file" in ref) return `the file ${ref.file}`;
  if ("env" in ref) return `the environment variable ${ref.env}`;
  if ("credential" in ref) return `the credential ${ref.credential}`;
  return `the reference ${JSON.stringify(ref)}`;
}
