import { ProviderError } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import type { Answer } from "@nixops4-resources/protocol-http";
import type { ErrorCode } from "../errors.ts";

/** An error of this provider. */
export const failure = (reason: string, code: ErrorCode, hint: string, cause?: unknown): ProviderError<ErrorCode> =>
  new ProviderError<ErrorCode>(reason, { code, hint, cause });

/** Proxmox itself rejected a request. Nothing was changed by it. */
export class Rejected extends ProviderError<ErrorCode> {
  readonly status: number;
  /** The words of Proxmox, on one line. */
  readonly words: string;
  /** What is wrong with each parameter, by Proxmox's name of the parameter. */
  readonly parameters: Readonly<Record<string, string>>;

  constructor(reason: string, { status, words, parameters }: Rejection, code: ErrorCode, hint: string) {
    super(reason, { code, hint });
    this.status = status;
    this.words = words;
    this.parameters = parameters;
  }
}

export interface Rejection {
  readonly status: number;
  readonly words: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Whether Proxmox rejected a request, for any other reason than the rights of the token. */
export const isRejected = (error: unknown): error is Rejected => error instanceof Rejected && error.status !== 403;

/** The text of the connection's token has another form. It is not shown: it may be a secret of something else. */
export function tokenMalformed(url: string, text: string): ProviderError {
  const isHeader = /^(Authorization:\s*)?PVEAPIToken=/i.test(text);
  return failure(
    `the secret of \`connection.token\` for ${url} has not the form USER@REALM!TOKENID=UUID${isHeader ? ": it begins with the name of a header" : ""}`,
    "proxmox.token.malformed",
    "Store the token's id, an equals sign and the secret that Proxmox showed with the token, on one line",
  );
}

export const tokenRefused = ({ asked: { url } }: Answer): ProviderError =>
  failure(
    `${url} does not accept the token of \`connection.token\``,
    "proxmox.token.refused",
    "Check the stored token: it is wrong, it or its user has expired, or its user is disabled. Proxmox does not tell which",
  );

/** Another server, or a proxy, answered in Proxmox's place. */
export const notProxmox = ({ asked: { url }, status, reason }: Answer): ProviderError =>
  failure(
    `${url} is not the API of Proxmox VE: it answers with status ${status} ${safeText(reason, 60)}`.trimEnd(),
    "proxmox.api.unexpected",
    "Set `connection.url` to a node of the cluster, whose usual port is 8006, without a path",
  );
