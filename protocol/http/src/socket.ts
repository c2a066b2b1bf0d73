import type { ProviderError } from "@nixops4-resources/protocol-core";
import { OwnTime } from "@nixops4-resources/protocol-core/own-time";
import { readCertificates, pinCheck } from "@nixops4-resources/protocol-tls";
import type { Agent } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { plaintext } from "./failure.ts";
import { isLoopback } from "./loopback.ts";
import { inputNames, type Target } from "./target.ts";

/** Longest attempt to connect, TLS included. The client then tries again, until the request's time is over. */
const longestAttemptSeconds = 10;

/** Servers close idle connections without notice, so one that idled longer is not used again. */
const longestIdleMs = 2000;

type Connected = (error: Error | null, socket?: Socket) => void;

/**
 * Keeps connections for the next request. A request gets a connection only when it is open and, with TLS, when the server
 * proved who it is: until then nothing of the request is sent. Proxies of the environment are not used.
 */
export async function openAgent(target: Target, signal: AbortSignal): Promise<Agent> {
  const [{ Agent }, open] = await Promise.all([import("node:http"), opener(target, signal)]);
  const agent = new Agent({ keepAlive: true, timeout: longestIdleMs });
  agent.createConnection = (_options, done) => {
    open((error, socket) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- with an error, Node expects no socket
      done?.(error, socket as Socket);
    });
    return undefined;
  };
  return agent;
}

async function opener(target: Target, signal: AbortSignal): Promise<(connected: Connected) => void> {
  const { protocol, hostname, port } = new URL(target.url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (protocol === "http:") {
    const { connect } = await import("node:net");
    const address = { host, port: Number(port === "" ? 80 : port) };
    const isSecret = target.authorize !== undefined && target.allowPlaintext !== true;
    return (connected) => {
      const socket = connect(address);
      const flawOf = (): ProviderError | undefined => {
        const { remoteAddress = "an unknown address" } = socket;
        return isSecret && !isLoopback(remoteAddress) ? plaintext(target, remoteAddress) : undefined;
      };
      whenOpen(socket, "connect", signal, flawOf, connected);
    };
  }
  const options = { host, port: Number(port === "" ? 443 : port), ...(await tlsOptions(target, host)) };
  const check = await pinCheck(target.tls?.pins ?? [], target.url, inputNames(target).pins);
  const { connect, createSecureContext } = await import("node:tls");
  // Once for all connections: it parses the authorities.
  const secureContext = createSecureContext(options);
  return (connected) => {
    const socket = connect({ ...options, secureContext });
    whenOpen(socket, "secureConnect", signal, () => check(socket), connected);
  };
}

async function tlsOptions(target: Target, host: string): Promise<ConnectionOptions> {
  const { caFile = null, pins = [] } = target.tls ?? {};
  const { isIP } = await import("node:net");
  return {
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ["http/1.1"],
    // Pins alone decide if no authority is named; then the well-known ones need not be parsed.
    ...(caFile !== null && { ca: await readCertificates(caFile, inputNames(target).caFile) }),
    ...(caFile === null && pins.length > 0 && { ca: [], rejectUnauthorized: false }),
  };
}

/** Hands the socket on in the same turn of the event loop in which it is found good, so that no error of it is missed. */
function whenOpen(
  socket: Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
  flawOf: () => ProviderError | undefined,
  connected: Connected,
): void {
  const fail = (error: Error): void => {
    attempt[Symbol.dispose]();
    signal.removeEventListener("abort", abort);
    socket.destroy();
    connected(error);
  };
  // The agent does not know of it yet: nobody else would end it, and it would keep the process alive.
  const abort = (): void => fail(new DOMException("The connection was aborted", "AbortError"));
  const attempt = new OwnTime({ seconds: longestAttemptSeconds }, () =>
    fail(Object.assign(new Error(`no connection within ${longestAttemptSeconds} s`), { code: "ETIMEDOUT" })),
  );
  signal.addEventListener("abort", abort, { once: true });
  socket.once("error", fail).once(event, () => {
    socket.off("error", fail);
    const flaw = flawOf();
    if (flaw !== undefined) {
      fail(flaw);
      return;
    }
    attempt[Symbol.dispose]();
    signal.removeEventListener("abort", abort);
    connected(null, socket);
  });
}
