import type { TlsInputs } from "@nixops4-resources/protocol-tls";

export type Headers = Readonly<Record<string, string>>;

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
   * and pin were checked. With `renews` it is called again, once, after a 401: for tokens that expire.
   */
  readonly authorize?: () => Promise<Headers>;
  readonly renews?: boolean;
  /** Largest body of an answer in bytes; 16 MiB if left out. */
  readonly largestAnswerBytes?: number;
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
