import type { ProviderError } from "@nixops4-resources/protocol-core";
import { OwnTime } from "@nixops4-resources/protocol-core/own-time";
import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { readCertificates } from "./certificate-file.ts";
import type { TlsInputs } from "./inputs.ts";
import { pinCheck } from "./pin.ts";

/** Longest attempt to connect, TLS included. */
const longestAttemptSeconds = 10;

/** A server behind a TCP port. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** Undefined for a server without TLS. */
  readonly tls: TlsPolicy | undefined;
  /** Why the open connection to this remote address must not be used; undefined if it may be. Only without TLS. */
  readonly flawOf?: (remoteAddress: string) => ProviderError | undefined;
}

/** How a TLS server proves who it is. */
export interface TlsPolicy {
  /** Null trusts the well-known authorities. */
  readonly inputs: TlsInputs | null;
  /** The server as messages call it. */
  readonly address: string;
  /** Names of the inputs, for hints. */
  readonly names: { readonly caFile: string; readonly pins: string };
  /** Protocols above TLS, such as `http/1.1`. */
  readonly protocols?: readonly string[];
}

/** Opens one connection; `signal` ends the attempt. */
export type OpenSocket = (signal: AbortSignal, opened: Opened) => void;

type Opened = (error: Error | null, socket?: Socket) => void;

/**
 * Prepares connections to a server. Each call of the result opens one, and hands it on only when it is open and, with TLS,
 * when the server proved who it is: until then nothing is sent. Proxies of the environment are not used.
 */
export async function socketOpener({ host, port, tls, flawOf }: Place): Promise<OpenSocket> {
  if (tls === undefined) {
    const { connect } = await import("node:net");
    return (signal, opened) => {
      const socket = connect({ host, port });
      const flaw = (): ProviderError | undefined => flawOf?.(socket.remoteAddress ?? "an unknown address");
      whenOpen(socket, "connect", signal, flaw, opened);
    };
  }
  const options = { host, port, ...(await tlsOptions(tls, host)) };
  const check = await pinCheck(tls.inputs?.pins ?? [], tls.address, tls.names.pins);
  const { connect, createSecureContext } = await import("node:tls");
  // Once for all connections: it parses the authorities.
  const secureContext = createSecureContext(options);
  return (signal, opened) => {
    const socket = connect({ ...options, secureContext });
    whenOpen(socket, "secureConnect", signal, () => check(socket), opened);
  };
}

async function tlsOptions({ inputs, names, protocols }: TlsPolicy, host: string): Promise<ConnectionOptions> {
  const { caFile = null, pins = [] } = inputs ?? {};
  const { isIP } = await import("node:net");
  return {
    ...(isIP(host) === 0 && { servername: host }),
    ...(protocols !== undefined && { ALPNProtocols: [...protocols] }),
    // Pins alone decide if no authority is named; then the well-known ones need not be parsed.
    ...(caFile !== null && { ca: await readCertificates(caFile, names.caFile) }),
    ...(caFile === null && pins.length > 0 && { ca: [], rejectUnauthorized: false }),
  };
}

/** Hands the socket on in the same turn of the event loop in which it is found good, so that no error of it is missed. */
function whenOpen(
  socket: Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
  flawOf: () => ProviderError | undefined,
  opened: Opened,
): void {
  const fail = (error: Error): void => {
    attempt[Symbol.dispose]();
    signal.removeEventListener("abort", abort);
    socket.destroy();
    opened(error);
  };
  // Nobody else knows of it yet: nobody else would end it, and it would keep the process alive.
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
    opened(null, socket);
  });
}
