import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Endpoint } from "@nixops4-resources/protocol-core/testing";

/** A front that knows no `regenerate`, as Proxmox VE before 9.2. */
export interface OldServer extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly string[];
}

const unknown = "property is not defined in schema and the schema does not allow additional properties";
const rejection = JSON.stringify({
  data: null,
  message: "Parameter verification failed.\n",
  errors: { regenerate: unknown },
});

export async function startOldServer(target: Endpoint): Promise<OldServer> {
  const asked: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const serve = async (): Promise<void> => {
      const { method, url: path, headers } = incoming;
      asked.push(`${method} ${path}`);
      const body = await buffer(incoming);
      if (body.includes('"regenerate"')) {
        outgoing
          .writeHead(400, "Parameter verification failed.", { "Content-Type": "application/json" })
          .end(rejection);
        return;
      }
      const sent = request({ ...target, method, path, headers, agent: false }).end(body);
      const [answer]: IncomingMessage[] = await once(sent, "response");
      if (answer === undefined) throw new TypeError("A response without a message");
      outgoing
        .writeHead(answer.statusCode ?? 500, answer.statusMessage ?? "", answer.headers)
        .end(await buffer(answer));
    };
    serve().catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The front is not listening.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
