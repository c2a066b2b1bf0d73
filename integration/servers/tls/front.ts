import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { pipeline } from "node:stream";
import type { Certificates } from "./certificates.ts";

/** Adds TLS to a server without it, like a reverse proxy; for `localhost` and 127.0.0.1. */
export interface TlsFront extends AsyncDisposable {
  readonly port: number;
}

export async function startTlsFront(port: number, certificates: Certificates): Promise<TlsFront> {
  const cert = await readFile(certificates.serverCertificateFile);
  const key = await readFile(certificates.serverKeyFile);
  const server = createServer({ cert, key }, (client) => {
    const behind = connect(port, "127.0.0.1");
    // If one side ends, the other must end too.
    pipeline(client, behind, client, () => undefined);
  });
  // A client that does not trust the certificate is no failure of the server.
  server.on("tlsClientError", () => undefined).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("Unable to start the TLS front: it does not listen.");
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}
