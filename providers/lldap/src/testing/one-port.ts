import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";
import { bytesWire, type Endpoint, type NetworkAccess } from "@nixops4-resources/protocol-core/testing";
import { LldapBackend, type Prepared } from "./backend.ts";

/** A message of LDAP is a SEQUENCE of BER, and no method of HTTP begins with its tag. */
const sequence = 0x30;

/** A port behind which both servers of lldap answer, so that one proxy can interrupt requests to either of them. */
export class OnePort implements AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly #stop: () => Promise<void>;

  private constructor(endpoint: Endpoint, stop: () => Promise<void>) {
    this.endpoint = endpoint;
    this.#stop = stop;
  }

  static async open({ host, httpPort, ldapPort }: LldapServer): Promise<OnePort> {
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      sockets.add(client.on("close", () => sockets.delete(client)).on("error", () => client.destroy()));
      client.once("data", (first) => {
        client.pause();
        const target = connect({ host, port: first[0] === sequence ? ldapPort : httpPort });
        sockets.add(target.on("close", () => sockets.delete(target)).on("error", () => client.destroy()));
        client.on("close", () => target.destroy());
        target.write(first);
        client.pipe(target).pipe(client);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The port is not open.");
    return new OnePort({ host: "127.0.0.1", port: address.port }, async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

/** The same server through one port, so that requests over LDAP are interrupted too. */
export class OnePortBackend extends LldapBackend {
  override readonly access: NetworkAccess;
  readonly #port: OnePort;

  private constructor(server: LldapServer, prepared: Prepared, port: OnePort) {
    super(server, prepared);
    const at = ({ host, port: number }: Endpoint) => ({
      ...this.connection,
      url: `http://${host}:${number}`,
      ldap: { url: `ldap://${host}:${number}` },
    });
    this.#port = port;
    this.access = { kind: "network", endpoint: port.endpoint, at, wire };
  }

  static async open(server: LldapServer, prepared: Prepared): Promise<OnePortBackend> {
    return new OnePortBackend(server, prepared, await OnePort.open(server));
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#port[Symbol.asyncDispose]();
  }
}

/** Faults of any protocol without TLS. */
const wire = bytesWire({
  cut: (genuine) => ({ bytes: genuine.subarray(0, Math.floor(genuine.length / 2)), closes: true }),
  garbage: () => ({ bytes: Buffer.alloc(64, 0xa5), closes: true }),
});
