import { afterAll, beforeEach } from "vitest";
import type { PostgresBackend } from "./postgres-backend.ts";

/** The backend, as it was before the first test in every one of them. Call it where tests are declared. */
export function useBackend(make: () => Promise<PostgresBackend>): () => PostgresBackend {
  let backend: PostgresBackend | undefined;
  beforeEach(async () => {
    backend ??= await make();
    await backend.reset();
  });
  afterAll(() => backend?.[Symbol.asyncDispose]());
  return () => {
    if (backend === undefined) throw new Error("The backend is there inside tests only.");
    return backend;
  };
}
