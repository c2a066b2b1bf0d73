import { socketOpener, type Opened, type TlsPolicy } from "@nixops4-resources/protocol-tls";
import type { Agent } from "node:http";
import type { Socket } from "node:net";
import { plaintext } from "./failure.ts";
import { isLoopback } from "./loopback.ts";
import { inputNames, type Target } from "./target.ts";

/** Servers close idle connections without notice, so one that idled longer is not used again. */
const longestIdleMs = 2000;

/** Keeps connections for the next request. */
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

async function opener(target: Target, signal: AbortSignal): Promise<(opened: Opened) => void> {
  const { protocol, hostname, port } = new URL(target.url);
  const isPlain = protocol === "http:";
  const isSecret = target.authorize !== undefined && target.allowPlaintext !== true;
  const place = {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (isPlain ? 80 : 443) : Number(port),
    tls: isPlain ? undefined : policyOf(target),
    flawOf: (address: string) => (isSecret && !isLoopback(address) ? plaintext(target, address) : undefined),
  };
  return await socketOpener(place, signal);
}

function policyOf(target: Target): TlsPolicy {
  return { inputs: target.tls, address: target.url, names: inputNames(target), protocols: ["http/1.1"] };
}
