import { setTimeout as pause } from "node:timers/promises";
import type { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";

/** The first key of the providers' locks (protocol/postgres/src/locks.ts). */
const locks = "from pg_locks where locktype = 'advisory' and classid = 1313820724";

/**
 * Sends a request while somebody else has the lock of an object, such as `database:shop`. When the request waits for the lock,
 * that one does its work and ends.
 */
export async function whileLocked<Reply>(
  backend: PostgresBackend,
  object: string,
  request: () => Promise<Reply>,
  work: () => Promise<unknown>,
): Promise<Reply> {
  const holder = backend
    .runIn("postgres", `select pg_advisory_lock(1313820724, hashtext('${object}')); select pg_sleep(60)`)
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
