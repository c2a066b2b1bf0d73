import { setTimeout as pause } from "node:timers/promises";
import { lockForSession } from "@nixops4-resources/protocol-postgres";
import type { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";

const locks = "from pg_locks where locktype = 'advisory'";

/**
 * Sends a request while somebody else has the lock of an object. When the request waits for the lock, that one does its work
 * and ends.
 */
export async function whileLocked<Reply>(
  backend: PostgresBackend,
  [kind, name]: readonly [kind: string, name: string],
  request: () => Promise<Reply>,
  work: () => Promise<unknown>,
): Promise<Reply> {
  const holder = backend
    .runIn("postgres", `${lockForSession(kind, name).text}; select pg_sleep(60)`)
    .catch(() => undefined);
  await until(backend, `select ${locks} and granted`);
  const reply = request();
  await until(backend, `select ${locks} and not granted`);
  await work();
  await backend.run(`select pg_cancel_backend(pid) ${locks} and granted`);
  await holder;
  return await reply;
}

async function until(backend: PostgresBackend, query: string): Promise<void> {
  while ((await backend.run(query)).length === 0) await pause(20);
}
