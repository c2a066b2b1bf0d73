import { afterAll, beforeEach } from "vitest";
import type { PostgresBackend } from "./postgres-backend.ts";

/** Starts a backend and resets it before each test. Call it next to the tests. */
export function useBackend(start: () => Promise<PostgresBackend>): () => PostgresBackend {
  let backend: PostgresBackend | undefined;
  beforeEach(async () => {
    backend ??= await start();
    await backend.reset();
  });
  afterAll(() => backend?.[Symbol.asyncDispose]());
  return () => {
    if (backend === undefined) throw new Error("The backend is available only inside tests.");
    return backend;
  };
}
