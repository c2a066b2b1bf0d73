import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { pipeline } from "node:stream";
import type { Certificates } from "./certificates.ts";

/** Speaks TLS before a server that cannot, as a reverse proxy does; for `localhost` and 127.0.0.1. */
export interface TlsFront extends AsyncDisposable {
  readonly port: number;
}

export async function startTlsFront(port: number, certificates: Certificates): Promise<TlsFront> {
  const cert = await readFile(certificates.serverCertificateFile);
  const key = await readFile(certificates.serverKeyFile);
  const server = createServer({ cert, key }, (client) => {
    const behind = connect(port, "127.0.0.1");
    // Whichever side ends, the other has to.
    pipeline(client, behind, client, () => undefined);
  });
  // A client that does not trust us is none of our failures.
  server.on("tlsClientError", () => undefined).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The front does not listen.");
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}
