import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Endpoint } from "@nixops4-resources/protocol-core/testing";

/** A proxy that can lose one answer, and then accepts new connections. */
export interface Relay extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** Loses the next answer: the connection is closed, or stays open and silent. */
  atNextAnswer(what: "close" | "silence"): void;
}

export async function startRelay(target: Endpoint): Promise<Relay> {
  let loss: "close" | "silence" | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target);
    let silent = false;
    const both = [client, upstream];
    const close = (): void => both.forEach((socket) => socket.destroy());
    for (const socket of both) sockets.add(socket.on("error", close));
    client.on("close", () => {
      if (!silent) close();
    });
    upstream.on("close", close);
    client.pipe(upstream, { end: false });

    upstream.on("data", (bytes) => {
      if (loss === "close") close();
      if (loss === "silence") silent = true;
      if (loss === undefined && !silent) client.write(bytes);
      loss = undefined;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The relay does not listen.");
  return {
    endpoint: { host: "127.0.0.1", port: address.port },
    atNextAnswer(what) {
      loss = what;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
