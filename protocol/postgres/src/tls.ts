import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { ProviderError, resolveSecret } from "@nixops4-resources/protocol-core";
import { sslModeOf, type Connection } from "./connection.ts";
import type { ErrorCode } from "./errors.ts";

/** What Node's TLS is told; false where there is none. */
export async function tlsOptions(connection: Connection): Promise<ConnectionOptions | false> {
  const mode = sslModeOf(connection);
  if (mode === "disable") return false;
  const { ca, clientCertificate } = connection;
  return {
    rejectUnauthorized: mode !== "require",
    // The name is all that tells one server of an authority from another.
    ...(mode !== "verify-full" && { checkServerIdentity: () => undefined }),
    ...(ca !== null && { ca: readPem(ca, "ca") }),
    ...(clientCertificate !== null && {
      cert: readPem(clientCertificate.certificate, "clientCertificate.certificate"),
      key: (await resolveSecret(clientCertificate.key, "the key of the client certificate")).reveal(),
    }),
  };
}

function readPem(file: string, input: string): string {
  try {
    // node:fs/promises takes 3 ms to load.
    return readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "it cannot be opened";
    throw new ProviderError<ErrorCode>(`${file} cannot be read: ${why}`, {
      code: "postgres.tls.file",
      hint: `Put the certificate there, readable for the user who runs nixops4, or change \`connection.${input}\``,
      cause,
    });
  }
}
