import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { createInterface } from "node:readline";
import { ProviderError, resolveSecret, type DirectSecretRef } from "@nixops4-resources/protocol-core";
import type { HostErrorCode } from "../host/errors.ts";
import { missingProgram } from "../host/failure.ts";
import { environment } from "./command.ts";

/** An ssh-agent that knows one key. */
export interface Agent extends Disposable {
  readonly socket: string;
}

/**
 * Starts an ssh-agent for the length of a request and hands it the key over a pipe: ssh takes a key from an agent or a file
 * alone, and no file is to have it. The agent lives as long as the program that it runs, here one that ends with our pipe:
 * however we end, the key is forgotten. Source: ssh-agent(1).
 */
export async function startAgent(identity: DirectSecretRef, signal: AbortSignal): Promise<Agent> {
  const key = await resolveSecret(identity, "the key to log in with");
  const agent = spawn("ssh-agent", ["/bin/sh", "-c", 'echo "$SSH_AUTH_SOCK"; exec cat'], {
    env: environment(),
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    signal,
  });
  // The end of its output tells that it is gone.
  agent.on("error", () => undefined);
  agent.stdin.on("error", () => undefined);
  const { value: socket, done } = await createInterface({ input: agent.stdout })[Symbol.asyncIterator]().next();
  if (done === true || socket === "") throw missingProgram("ssh-agent");
  const running: Agent = { socket, [Symbol.dispose]: () => agent.stdin.destroy() };
  try {
    await addKey(key.reveal(), socket, signal);
    return running;
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
  // OpenSSH does not read a key whose last line has no end.
  adding.stdin.end(`${key}\n`);
  const [status] = await ended.catch((cause: unknown) => {
    throw missingProgram("ssh-add", cause);
  });
  if (status === 0) return;
  throw new ProviderError<HostErrorCode>(
    `ssh-add does not take the key to log in with: ${(await words).trim() || `status ${status}`}`,
    {
      code: "secrets.ssh.identity",
      hint: "Let `connection.ssh.identity` refer to a private key of OpenSSH without a passphrase; null leaves it to your ssh-agent",
    },
  );
}
