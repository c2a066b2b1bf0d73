import type { Answer } from "./answer.ts";
import type { TlsInputs } from "@nixops4-resources/protocol-tls";

export type Headers = Readonly<Record<string, string>>;

/** Sends a POST that only asks, and is repeated as such. Returns the answer, whatever its status. */
export type LogIn = (path: string, body: unknown) => Promise<Answer>;

/** A server, our credentials there, and limits on its answers. */
export interface Target {
  /** Base URL; every path is below it. */
  readonly url: string;
  readonly tls: TlsInputs | null;
  /** Whether credentials may go over `http` to another machine; false if left out. */
  readonly allowPlaintext?: boolean;
  /** Names of the inputs that hints refer to, if they differ from those of `endpointInputs`. */
  readonly inputs?: Partial<InputNames>;
  /**
   * Headers with our credentials. Called before the first request; their values are sent only to a server whose certificate
   * and pin were checked. With `renews` it is called again, once, after a 401: for tokens that expire. `logIn` sends a POST
   * on the same connection without credentials, such as a name and a password for which the server gives a token.
   */
  readonly authorize?: (logIn: LogIn) => Promise<Headers>;
  readonly renews?: boolean;
  /** Largest body of an answer in bytes; 16 MiB if left out. */
  readonly largestAnswerBytes?: number;
  /**
   * How many clients of this machine's user may use the server at a time; undefined for any number. NixOps4 starts every
   * resource that is ready at once, and a small server then answers nobody in time.
   */
  readonly places?: number;
  /**
   * Further statuses with which the server says that it is busy: a request that only looks is then repeated, as after 503.
   * They say nothing about a write.
   */
  readonly busy?: readonly number[];
  /** How often a request is sent that can be repeated without harm, once it reached the server; 4 if left out. */
  readonly tries?: number;
}

export interface InputNames {
  readonly url: string;
  readonly caFile: string;
  readonly pins: string;
  readonly credential: string;
}

/** Names of the target's inputs. */
export const inputNames = ({ inputs }: Target): InputNames => ({
  url: "connection.url",
  caFile: "connection.tls.caFile",
  pins: "connection.tls.pins",
  credential: "connection",
  ...inputs,
});
