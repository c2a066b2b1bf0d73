import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";

/** The server, and the inputs that a hint can name. */
export interface TlsPlace {
  /** The server as messages call it. */
  readonly address: string;
  /** Input that names the server, such as `connection.host`. */
  readonly name: string;
  /** Input that refers to the file with authorities, such as `connection.ca`. */
  readonly authorities: string;
}

/** The error as one of TLS; undefined if it is another kind of failure. */
export function explainTls(error: unknown, place: TlsPlace): ProviderError<ErrorCode> | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const hint = hintFor(error.code, place);
  if (hint === undefined) return undefined;
  const reason = `no TLS connection to ${place.address}: ${error.message}`;
  return new ProviderError<ErrorCode>(reason, { code: "tls.failed", hint, cause: error });
}

/** https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes */
function hintFor(code: string, { name, authorities }: TlsPlace): string | undefined {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "HOSTNAME_MISMATCH") {
    return `Set \`${name}\` to a name that the server's certificate contains`;
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    return "Renew the server's certificate, and check the clocks of both machines";
  }
  if (/SELF_SIGNED|UNABLE_TO_|^(CERT_|CRL_|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|ERROR_IN_CERT_)/.test(code)) {
    return `Set \`${authorities}\` to a file with the authority that signed the server's certificate`;
  }
  return /^(ERR_SSL_|ERR_OSSL_|ERR_TLS_|EPROTO)/.test(code)
    ? `Check that the server expects TLS at this address, and see its log; check \`${authorities}\` and, if there is one, the client's certificate`
    : undefined;
}
