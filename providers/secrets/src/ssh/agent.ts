import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { createInterface } from "node:readline";
import { ProviderError, resolveSecret, type DirectSecretRef } from "@nixops4-resources/protocol-core";
import type { HostErrorCode } from "../host/errors.ts";
import { missingProgram } from "../host/failure.ts";
import { environment } from "./command.ts";

/** An ssh-agent with one key. */
export interface Agent extends Disposable {
  readonly socket: string;
}

/**
 * Ends the agent as soon as its stdin closes, also if this process is killed. A program that ssh-agent starts itself would
 * not do: the agent looks for its end only every ten seconds.
 */
const keeper = `
ssh-agent -D &
agent=$!
trap 'kill "$agent"; wait "$agent"' EXIT
trap 'exit 1' HUP INT PIPE TERM
cat > /dev/null`;

/**
 * Starts an ssh-agent for the duration of a request, and gives it the key through a pipe. ssh takes keys only from
 * agents and files, and the key must not be in a file. The agent removes its socket and folder when it is terminated.
 */
export async function startAgent(identity: DirectSecretRef, signal: AbortSignal): Promise<Agent> {
  const key = await resolveSecret(identity, "the key for the login");
  const agent = spawn("/bin/sh", ["-c", keeper], {
    env: environment(),
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    signal,
  });
  // The end of the output is handled below.
  agent.on("error", () => undefined);
  agent.stdin.on("error", () => undefined);
  const running = { [Symbol.dispose]: () => agent.stdin.destroy() };
  try {
    const { value: line } = await createInterface({ input: agent.stdout })[Symbol.asyncIterator]().next();
    const [, socket] = /^SSH_AUTH_SOCK=([^;]+);/.exec(String(line)) ?? [];
    if (socket === undefined) throw missingProgram("ssh-agent");
    await addKey(key.revealText(), socket, signal);
    return { socket, ...running };
  } catch (error) {
    running[Symbol.dispose]();
    throw error;
  }
}

async function addKey(key: string, socket: string, signal: AbortSignal): Promise<void> {
  const adding = spawn("ssh-add", ["-q", "-"], {
    env: { ...environment(), SSH_AUTH_SOCK: socket },
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
    signal,
  });
  adding.stdin.on("error", () => undefined);
  const words = text(adding.stderr);
  const ended = once(adding, "close");
  // OpenSSH rejects a key whose last line has no newline.
  adding.stdin.end(`${key}\n`);
  const [status] = await ended.catch((cause: unknown) => {
    throw missingProgram("ssh-add", cause);
  });
  if (status === 0) return;
  throw new ProviderError<HostErrorCode>(
    `ssh-add rejects the key for the login: ${(await words).trim() || `status ${status}`}`,
    {
      code: "secrets.ssh.identity",
      hint: "Set `connection.ssh.identity` to a reference to an OpenSSH private key without a passphrase, or to null to use your ssh-agent",
    },
  );
}
