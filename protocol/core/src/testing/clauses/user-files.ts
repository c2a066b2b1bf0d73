import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { Clause, Contract } from "../contract.ts";
import { startProvider, type Message } from "../provider-process.ts";

/** Far more than `timeoutSeconds` below; the machine may be busy. */
const limitMs = 10_000;

/** A path of the user's may name something that never yields a byte, as a FIFO without a writer and a hung mount do. */
export const userFiles: readonly Clause[] = [
  {
    says: "a file input that names a FIFO is an error in time, and SIGTERM ends the process",
    skips: (contract) => (placesOf(contract, "").length === 0 ? "no input names a file" : undefined),
    async check(contract) {
      const folder = mkdtempSync(join(tmpdir(), "nixops4-fifo-"));
      const fifo = join(folder, "fifo");
      execFileSync("mkfifo", [fifo]);
      try {
        for (const { what, inputs } of placesOf(contract, fifo)) {
          const isFailed = await endsInTime(contract, { ...inputs, timeoutSeconds: 2 }, undefined);
          expect(isFailed, `a FIFO as ${what}`).toBe("failed");
          const isStopped = await endsInTime(contract, { ...inputs, timeoutSeconds: 300 }, "SIGTERM");
          expect(["failed", "stopped"], `SIGTERM with a FIFO as ${what}`).toContain(isStopped);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  },
];

/** How a create in a process of its own ends: with an error, by the signal that it gets, or not at all. */
async function endsInTime(
  contract: Contract,
  inputs: Message,
  signal: "SIGTERM" | undefined,
): Promise<"failed" | "stopped" | "hung" | "succeeded"> {
  const provider = startProvider(contract.executable);
  const limit = setTimeout(() => provider.kill(), limitMs);
  const request = contract.createRequest(contract.inputs(inputs));
  provider.send(request);
  if (signal !== undefined) {
    // By then it reads the FIFO.
    await pause(500);
    if (!provider.hasEnded) process.kill(provider.pid, signal);
  }
  const finished = await provider.finish();
  clearTimeout(limit);
  if (finished.signal === "SIGKILL") return "hung";
  if (finished.answers.length === 0) return "stopped";
  // A process that was stopped has another exit status than one that ends by itself.
  return contract.replyOf({ ...finished, exitCode: 0 }, request).error === undefined ? "succeeded" : "failed";
}

/** Every input that can name a file, and inputs in which it names `path`. */
function placesOf(contract: Contract, path: string): { what: string; inputs: Message }[] {
  const { resource, backend } = contract;
  const secrets = (resource.secret ?? []).map((name) => ({
    what: String(name),
    inputs: { [String(name)]: { file: path } },
  }));
  const references = replaced(backend.connection, path).map(({ at, value }) => ({
    what: ["connection", ...at].join("."),
    inputs: { connection: value },
  }));
  const files = Object.entries(backend.withFile ?? {}).map(([what, at]) => ({
    what,
    inputs: { connection: at(path) },
  }));
  return [...secrets, ...references, ...files];
}

/** The value once for each reference to a secret in it, which then names the path. */
function replaced(value: Message, path: string): { at: string[]; value: Message }[] {
  return Object.entries(value).flatMap(([name, part]) => {
    if (typeof part !== "object" || part === null) return [];
    const inner: Message = { ...part };
    if (isReference(inner)) return [{ at: [name], value: { ...value, [name]: { file: path } } }];
    return replaced(inner, path).map((one) => ({ at: [name, ...one.at], value: { ...value, [name]: one.value } }));
  });
}

/** A reference to a secret has one member, which names where it is. */
function isReference(value: Message): boolean {
  const names = Object.keys(value);
  return names.length === 1 && ["file", "env", "command", "credential"].includes(names[0] ?? "");
}
