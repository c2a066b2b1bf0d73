import { socketOpener, type OpenSocket, type TlsPolicy } from "@nixops4-resources/protocol-tls";
import { Agent, type AgentOptions, type ClientRequestArgs } from "node:http";
import type { Socket } from "node:net";
import { plaintext } from "./failure.ts";
import { isLoopback } from "./loopback.ts";
import { inputNames, type Target } from "./target.ts";

/** Servers close idle connections without notice, so one that idled longer is not used again. */
const longestIdleMs = 2000;

/** What `exchange` passes to the agent with a request. */
export interface Opening extends ClientRequestArgs {
  /** Ends the attempt to connect. */
  readonly openingSignal: AbortSignal;
}

/** Keeps the connections to one server for the next request. */
export class KeepingAgent extends Agent {
  readonly #open: OpenSocket;

  private constructor(open: OpenSocket, options: AgentOptions) {
    super(options);
    this.#open = open;
  }

  static async to(target: Target): Promise<KeepingAgent> {
    return new KeepingAgent(await opener(target), { keepAlive: true, timeout: longestIdleMs });
  }

  override createConnection(
    { openingSignal }: Opening,
    done?: (error: Error | null, socket: Socket) => void,
  ): undefined {
    this.#open(openingSignal, (error, socket) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- with an error, Node expects no socket
      done?.(error, socket as Socket);
    });
  }
}

async function opener(target: Target): Promise<OpenSocket> {
  const { protocol, hostname, port } = new URL(target.url);
  const isPlain = protocol === "http:";
  const isSecret = target.authorize !== undefined && target.allowPlaintext !== true;
  return await socketOpener({
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (isPlain ? 80 : 443) : Number(port),
    tls: isPlain ? undefined : policyOf(target),
    flawOf: (address) => (isSecret && !isLoopback(address) ? plaintext(target, address) : undefined),
  });
}

function policyOf(target: Target): TlsPolicy {
  return { inputs: target.tls, address: target.url, names: inputNames(target), protocols: ["http/1.1"] };
}
