import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  sendUnaryData,
  ServerDuplexStream,
  ServerWritableStream,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
// The index would load the client as well, which is most of the library.
import { setup as setUpUnixSockets } from "@grpc/grpc-js/build/src/resolver-uds.js";
import { ServerCredentials } from "@grpc/grpc-js/build/src/server-credentials.js";
import { Server } from "@grpc/grpc-js/build/src/server.js";
import { serviceDefinitions } from "../protos/load.ts";
import { makeCertificate } from "./certificate.ts";
import { ClosingStreams } from "./closing-streams.ts";

const largestMessageBytes = 268_435_456;

/**
 * Serves a plugin of go-plugin: prints one line with the socket and the certificate to stdout, and ends with the engine.
 * Source: https://github.com/hashicorp/go-plugin, docs/guide-plugin-write-non-go.md
 */
export async function servePluginService(service: UntypedServiceImplementation, env: PluginEnvironment): Promise<void> {
  setUpUnixSockets();
  const server = new Server({
    "grpc.enable_channelz": 0,
    "grpc.max_receive_message_length": largestMessageBytes,
    "grpc.max_send_message_length": largestMessageBytes,
  });
  const definition = serviceDefinitions();
  server.addService(definition("tfplugin6.Provider"), service);
  addFixedServices(server, definition);
  const { credentials, certificate } = secure(env.clientCertificate);
  const socket = join(env.socketFolder, `nixops4-${randomBytes(8).toString("hex")}`);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, credentials, (error) => (error === null ? resolve() : reject(error)));
  });
  // Ctrl-C reaches the whole process group. The engine then calls StopProvider and Shutdown.
  process.on("SIGINT", () => undefined);
  process.stdout.write(`1|6|unix|${socket}|grpc|${certificate}\n`);
}

/** What the engine passes in the environment. */
export interface PluginEnvironment {
  /** In PEM; undefined if the engine does not use TLS, as with TF_DISABLE_PLUGIN_TLS. */
  readonly clientCertificate: string | undefined;
  readonly socketFolder: string;
  readonly versions: readonly string[];
}

/** Reads the plugin's variables and removes them, so that no program that a secret reference starts takes itself for a plugin. */
export function takeEnvironment(env: NodeJS.ProcessEnv): PluginEnvironment {
  const environment = {
    clientCertificate: env["PLUGIN_CLIENT_CERT"],
    socketFolder: env["PLUGIN_UNIX_SOCKET_DIR"] ?? tmpdir(),
    versions: (env["PLUGIN_PROTOCOL_VERSIONS"] ?? "6").split(","),
  };
  for (const name of Object.keys(env)) if (/^(TF_)?PLUGIN_/.test(name)) delete env[name];
  return environment;
}

/** Mutual TLS: each side trusts exactly the other's certificate. */
function secure(clientCertificate: string | undefined): { credentials: ServerCredentials; certificate: string } {
  if (clientCertificate === undefined) return { credentials: ServerCredentials.createInsecure(), certificate: "" };
  const { der, pem, key } = makeCertificate();
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(pem) };
  return {
    credentials: ServerCredentials.createSsl(Buffer.from(clientCertificate), [pair], true),
    // Base64 without padding.
    certificate: der.toString("base64").replace(/=+$/, ""),
  };
}

function addFixedServices(server: Server, definition: ReturnType<typeof serviceDefinitions>): void {
  const streams = new ClosingStreams(() => {
    server.forceShutdown();
    process.exit(0);
  });
  const fixed: Readonly<Record<string, UntypedServiceImplementation>> = {
    "plugin.GRPCController": {
      Shutdown(_call: unknown, done: sendUnaryData<object>) {
        done(null, {});
        streams.close();
      },
    },
    "plugin.GRPCStdio": {
      StreamStdio: (call: ServerWritableStream<object, object>) => streams.keepUntilEngineEnds(call),
    },
    "plugin.GRPCBroker": { StartStream: (call: ServerDuplexStream<object, object>) => streams.keep(call) },
    "grpc.health.v1.Health": {
      Check: (_call: unknown, done: sendUnaryData<object>) => done(null, { status: "SERVING" }),
      Watch(call: ServerWritableStream<object, object>) {
        call.write({ status: "SERVING" });
        streams.keep(call);
      },
    },
  };
  for (const [name, service] of Object.entries(fixed)) server.addService(definition(name), service);
}
