import { runningServer } from "./running-server.ts";
import { startProgram } from "./start-program.ts";

/** A server of lldap: a real one, or the emulator in this folder. */
export interface LldapServer extends AsyncDisposable {
  /** The server that answers, for the titles of tests. */
  readonly what: "lldap" | "the emulator";
  readonly host: string;
  readonly httpPort: number;
  readonly ldapPort: number;
  readonly url: string;
  readonly ldapUrl: string;
  readonly baseDn: string;
  /** The administrator, its password, and the file that contains only the password. */
  readonly username: string;
  readonly password: string;
  readonly passwordFile: string;
  /** GraphQL as the administrator, past the provider. Throws the server's messages. Logs in again after 401. */
  graphql(query: string, variables?: Record<string, unknown>): Promise<unknown>;
  /** Everything that it has logged so far; empty if it was already running. */
  log(): Promise<string>;
}

/** A server that also offers LDAPS, for `localhost` and 127.0.0.1. */
export interface LdapsServer extends LldapServer {
  readonly ldapsPort: number;
  /** Certificate of the authority that signed the server's certificate. */
  readonly caFile: string;
}

export interface LldapOptions {
  /** Whether it offers LDAPS too; false by default. */
  readonly ldaps?: boolean;
  /** Whether lldap logs every request, which the emulator always does; false by default. */
  readonly verbose?: boolean;
  /** How long a token of the emulator is valid, in seconds; 24 hours by default, as with lldap. */
  readonly tokenSeconds?: number;
}

/** The server that `startLldap` uses, for the titles of tests. */
export const whatAnswers: LldapServer["what"] =
  process.env["LLDAP_URL"] === undefined && process.env["LLDAP_BIN"] === undefined ? "the emulator" : "lldap";

/**
 * The first of these servers that is set up:
 * - `LLDAP_URL`: a server that is already running; see `runningServer` for the other variables.
 * - `LLDAP_BIN`: the program of lldap at this path, with an empty database.
 * - the emulator.
 */
export function startLldap(options: LldapOptions & { readonly ldaps: true }): Promise<LdapsServer>;
export function startLldap(options?: LldapOptions): Promise<LldapServer>;
export async function startLldap(options: LldapOptions = {}): Promise<LldapServer> {
  const url = process.env["LLDAP_URL"];
  if (url !== undefined) return await runningServer(url, options);
  return await startProgram(process.env["LLDAP_BIN"], options);
}
