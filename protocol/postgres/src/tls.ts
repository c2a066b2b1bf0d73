import type { ConnectionOptions } from "node:tls";
import { resolveSecret } from "@nixops4-resources/protocol-core";
import { readCertificates } from "@nixops4-resources/protocol-tls";
import { sslModeOf, type Connection } from "./connection.ts";

/** Options for Node's TLS; false if the connection uses none. */
export async function tlsOptions(connection: Connection): Promise<ConnectionOptions | false> {
  const mode = sslModeOf(connection);
  if (mode === "disable") return false;
  const { ca, clientCertificate } = connection;
  return {
    rejectUnauthorized: mode !== "require",
    // Only the name distinguishes one server of an authority from another.
    ...(mode !== "verify-full" && { checkServerIdentity: () => undefined }),
    ...(ca !== null && { ca: await readCertificates(ca, "connection.ca") }),
    ...(clientCertificate !== null && {
      cert: await readCertificates(clientCertificate.certificate, "connection.clientCertificate.certificate"),
      key: (await resolveSecret(clientCertificate.key, "the key of the client certificate")).revealBytes(),
    }),
  };
}
