import { codeOf, ProviderError } from "@nixops4-resources/protocol-core";
import { explainTls } from "@nixops4-resources/protocol-tls";
import type { Asked } from "./answer.ts";
import type { ErrorCode } from "./errors.ts";
import { unknownOutcome } from "./refusal.ts";
import { inputNames, type Target } from "./target.ts";

/** Any failure of an exchange, in words for people. `isSent` tells whether the server may have received the request. */
export function explainFailure(error: unknown, target: Target, { writes }: Asked, isSent: boolean): unknown {
  // An abort is explained by whoever aborts: the deadline names what it waited for.
  if (!(error instanceof Error) || error instanceof ProviderError || error.name === "AbortError") return error;
  const { url: urlInput, caFile, credential } = inputNames(target);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const outcome = writes ? `; ${unknownOutcome}` : "";
  if (code === "ERR_INVALID_CHAR") {
    return failure(
      `a credential for ${target.url} contains characters that an HTTP header cannot carry`,
      "http.credential.invalid",
      `Check the secret that \`${credential}\` refers to: it must be one line of printable characters`,
    );
  }
  const tls = explainTls(error, { address: target.url, name: urlInput, authorities: caFile });
  if (tls !== undefined && !isSent) return tls;
  if (code.startsWith("HPE_")) {
    return failure(
      `what answers at ${target.url} does not speak HTTP (${error.message})${outcome}`,
      "http.answer.invalid",
      `Set \`${urlInput}\` to the API itself`,
      error,
    );
  }
  if (isSent || code === "ECONNRESET" || code === "EPIPE") {
    return failure(
      `${target.url} closed the connection: ${error.message}${isSent ? outcome : ""}`,
      "http.server.closed",
      "Apply again: it looks first and continues from what exists",
      error,
    );
  }
  return failure(
    `nothing answers at ${target.url} (${code === "" ? error.message : code})`,
    "http.server.unreachable",
    `Check that the server runs and listens there, and that \`${urlInput}\` is right`,
    error,
  );
}

export function tooLarge(target: Target, { method, path, writes }: Asked, limit: number): ProviderError<ErrorCode> {
  return failure(
    `the answer of ${target.url} to ${method} ${path.replace(/\?.*$/, "")} is larger than ${limit} bytes${writes ? `; ${unknownOutcome}` : ""}`,
    "http.answer.tooLarge",
    `Set \`${inputNames(target).url}\` to the API itself; report it if the API sends such answers`,
  );
}

/** The connection leads to another machine without TLS, and the request carries a credential. */
export const plaintext = (target: Target, address: string): ProviderError<ErrorCode> =>
  failure(
    `${target.url} leads to ${address}, which is another machine, and http shows the credentials to everybody on the way`,
    "http.plaintext",
    `Set \`${inputNames(target).url}\` to an https URL, or permit it with \`allowPlaintext = true\` in \`connection\``,
  );

/** Whether the server cannot have received the request, so that even a write can be sent again. */
export const wasRefused = (error: unknown): boolean =>
  ["ECONNREFUSED", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"].includes(codeOfConnecting(error));

/** Whether an attempt to connect got no answer at all: the server or this machine may be busy, or a firewall drops packets. */
export const wasSilent = (error: unknown): boolean => codeOfConnecting(error) === "ETIMEDOUT";

const codeOfConnecting = (error: unknown): string =>
  isOf(error, "http.server.unreachable") ? codeOf(error.cause) : "";

/** Whether the connection was lost, so that a request that changes nothing can be sent again. */
export const wasLost = (error: unknown): boolean => isOf(error, "http.server.closed");

const isOf = (error: unknown, code: ErrorCode): error is ProviderError =>
  error instanceof ProviderError && error.code === code;

function failure(reason: string, code: ErrorCode, hint: string, cause?: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(reason, { code, hint, cause });
}
