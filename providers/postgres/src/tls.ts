import { readFile } from "node:fs/promises";
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
    ...(ca !== null && { ca: await readPem(ca, "ca") }),
    ...(clientCertificate !== null && {
      cert: await readPem(clientCertificate.certificate, "clientCertificate.certificate"),
      key: (await resolveSecret(clientCertificate.key, "the key of the client certificate")).reveal(),
    }),
  };
}

async function readPem(file: string, input: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "it cannot be opened";
    throw new ProviderError<ErrorCode>(`${file} cannot be read: ${why}`, {
      code: "postgres.tls.file",
      hint: `Put the certificate there, readable for the user who runs nixops4, or change \`connection.${input}\``,
      cause,
    });
  }
}
